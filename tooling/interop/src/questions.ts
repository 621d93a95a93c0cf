import { Uuid } from '@msgr/bufferlist'
import { MPing } from '@msgr/messenger'
import { MMonGetVersion, MMonGetVersionReply } from '@msgr/mon-client'
import { MOSDPing, MOSDPingOp } from '@msgr-apps/heartbeat-demo'
import type { Questions } from './insistent-asker.ts'
import { MCommand } from './m-command.ts'
import { MCommandReply } from './m-command-reply.ts'

/** Heartbeats. The OSD sends the stamp back, so it says which one it answers; that we died it says too. */
export function heartbeats(fsid: string, minMessageSize: number): Questions {
  const ours = Uuid.parse(fsid)
  return {
    ask: (number) =>
      new MOSDPing({ op: MOSDPingOp.ping, fsid: ours, minMessageSize, pingStamp: { seconds: number, nanoseconds: 0 } }),
    answers: (message) => {
      const isReply = message instanceof MOSDPing && message.fields.op === MOSDPingOp.pingReply
      return isReply ? message.fields.pingStamp.seconds : undefined
    },
  }
}

/** Pings to a monitor, whose answers are all alike. */
export const monPings: Questions = {
  ask: () => new MPing(),
  answers: (message) => (message instanceof MPing ? 'any' : undefined),
}

/** Questions to a monitor for the newest OSD map. */
export const mapVersions: Questions = {
  ask: (number) => new MMonGetVersion(BigInt(number), 'osdmap'),
  answers: (message) => {
    if (!(message instanceof MMonGetVersionReply)) return undefined
    if (message.fields.version > 0) return Number(message.fields.handle)
    throw new Error('expected the version of an OSD map, got 0')
  },
}

/** Commands to an OSD, to say which version of Ceph it is. */
export function versionCommands(fsid: string): Questions {
  const ours = Uuid.parse(fsid)
  return {
    ask: (number) => {
      const command = new MCommand({ fsid: ours, cmd: ['{"prefix":"version"}'] })
      command.tid = BigInt(number)
      return command
    },
    answers: (message) => {
      if (!(message instanceof MCommandReply)) return undefined
      const { result, status, output } = message.fields
      const text = new TextDecoder().decode(output)
      if (result === 0 && text.includes('"16.2.')) return Number(message.tid)
      throw new Error(`expected a version, got ${result} ${status} ${text}`)
    },
  }
}
