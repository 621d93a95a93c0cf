import { Uuid } from '@msgr/bufferlist'
import { EntityAddr } from '@msgr/messenger'
import { Osd, type MessengerChoice } from '@msgr-apps/heartbeat-demo'
import type { Answers } from './asked.ts'
import { listening, type Listening } from './listening.ts'
import { PingLoad, type PingFigures, type PingTarget } from './ping-load.ts'

/** Who answers pings, and to whom. */
export interface AnswerArgument {
  readonly messenger: MessengerChoice['type']
  readonly fsid: string
  readonly mapEpoch: number
  /** The size that answers are padded to, in bytes. */
  readonly padding: number
}

/** What a process that answers pings can be asked. */
export interface PingServerProtocol {
  readonly listen: { readonly argument: AnswerArgument; readonly answer: Listening }
  readonly pid: { readonly argument: null; readonly answer: number }
  readonly close: { readonly argument: null; readonly answer: null }
}

/** What a process that pings can be asked. */
export interface PingClientProtocol {
  readonly connect: { readonly argument: PingTarget; readonly answer: null }
  readonly run: { readonly argument: { readonly durationMs: number }; readonly answer: PingFigures }
  readonly close: { readonly argument: null; readonly answer: null }
}

const ANY_PORT = EntityAddr.fromIp('v1', '127.0.0.1', 0)
/** It pings nobody itself, so these are of no account. */
const TIMES = { intervalMs: 3_600_000, graceMs: 3_600_000 }
const HABITS = { id: 0, fastFail: false, random: () => 0.5, ...TIMES }
const EVERYONE_IS_UP = new Map(Array.from({ length: 64 }, (_, id) => [id, 0]))
const OBSERVER = {
  pingAnswered: () => undefined,
  peerFailed: () => undefined,
  peerRecovered: () => undefined,
  youDied: () => undefined,
  linkClosed: () => undefined,
}

/** The answers of the one that is pinged: an OSD of the heartbeat demonstration, with its own dispatcher. */
export function pingServerAnswers(): Answers<PingServerProtocol> {
  let osd: Osd | undefined
  return {
    listen: ({ messenger, fsid, mapEpoch, padding }) =>
      listening(async () => {
        const choice = { type: messenger, driver: 'epoll', wire: 'v1', auth: { method: 'none' } } as const
        const options = { ...HABITS, fsid: Uuid.parse(fsid), messenger: choice, minMessageSize: padding }
        osd = new Osd(options, OBSERVER)
        osd.knowledge.assign({ mapEpoch, upFrom: 1, deadBefore: EVERYONE_IS_UP })
        const { front } = await osd.start({ front: ANY_PORT, back: ANY_PORT })
        return front.toString()
      }),
    pid: () => Promise.resolve(process.pid),
    close: async () => {
      await osd?.stop()
      osd = undefined
      return null
    },
  }
}

/** The answers of the one that pings. */
export function pingClientAnswers(): Answers<PingClientProtocol> {
  let load: PingLoad | undefined
  return {
    connect: (target) => {
      load = new PingLoad(target)
      return Promise.resolve(null)
    },
    run: ({ durationMs }) => {
      if (load === undefined) throw new Error('run: connect comes first')
      return load.run(durationMs)
    },
    close: async () => {
      await load?.close()
      load = undefined
      return null
    },
  }
}
