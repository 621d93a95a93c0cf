import { BufferList, Uuid } from '@msgr/bufferlist'
import { MESSAGE_FOOTER_SIZE, MESSAGE_HEADER_SIZE } from '@msgr/message'
import { ClusterProtocol, EntityAddr, EntityName, EntityType, MPing, Policies } from '@msgr/messenger'
import type { Connection } from '@msgr/messenger'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HeartbeatDispatcher, type HeartbeatHost } from '../src/heartbeat-dispatcher.ts'
import { MOSDPing, MOSDPingOp, type MOSDPingFields } from '../src/m-osd-ping.ts'
import { makeMessenger } from '../src/messenger-choice.ts'
import { OsdKnowledge } from '../src/osd-knowledge.ts'
import { PeerClocks } from '../src/peer-clock.ts'
import { RawPeer, SIMPLE } from './raw-peer.ts'
import { readGolden } from './read-golden.ts'

const FSID = Uuid.parse('11111111-2222-3333-4444-555555555555')
const PING: Partial<MOSDPingFields> = {
  op: MOSDPingOp.ping,
  fsid: FSID,
  mapEpoch: 5,
  upFrom: 3,
  pingStamp: { seconds: 1000, nanoseconds: 5 },
  monoPingStamp: 7_000_000_008n,
  monoSendStamp: 9_000_000_010n,
}

/** An OSD at a standstill: its clock is at 2 s, and osd.13 is dead to whoever knows only maps before epoch 8. */
class StandingHost implements HeartbeatHost {
  readonly fsid = FSID
  readonly minMessageSize = 2000
  readonly clocks = new PeerClocks()
  readonly knowledge = new OsdKnowledge()
  readonly seen: string[] = []

  constructor() {
    const deadBefore = new Map([
      [9, 0],
      [13, 8],
    ])
    this.knowledge.assign({ mapEpoch: 12, upFrom: 4, deadBefore })
  }

  nowMs(): number {
    return 2000
  }

  pingReplied(_connection: Connection, reply: MOSDPing): void {
    this.seen.push(`reply at ${reply.fields.pingStamp.seconds}`)
  }

  youDied(sender: number, mapEpoch: number): void {
    this.seen.push(`osd.${sender} says that we died at ${mapEpoch}`)
  }

  connectionReset(): void {
    this.seen.push('reset')
  }

  connectionRefused(): void {
    this.seen.push('refused')
  }
}

let host: StandingHost
let server: ReturnType<typeof makeMessenger>
let peer: RawPeer
let connection: Connection

async function startAs(name: EntityName): Promise<void> {
  host = new StandingHost()
  server = makeMessenger(EntityName.osd(1), SIMPLE, { messages: [MOSDPing] })
  server.setPolicy(EntityType.osd, Policies.statelessServer())
  server.setClusterProtocol(ClusterProtocol.osd)
  server.addDispatcherHead(new HeartbeatDispatcher(host))
  const addr = await server.bind(EntityAddr.fromIp('v1', '127.0.0.1', 0))
  peer = new RawPeer(name, [MOSDPing])
  connection = peer.connect(EntityType.osd, addr)
}

/** Sends a ping whose answer shows that all before it were dealt with, and gives what was heard up to then. */
async function heardBefore(stampSeconds: number): Promise<readonly MOSDPing[]> {
  connection.sendMessage(new MOSDPing({ ...PING, mapEpoch: 100, pingStamp: { seconds: stampSeconds, nanoseconds: 0 } }))
  for (let count = 1; ; count++) {
    const heard = await peer.hearsOnly(MOSDPing, count)
    if (heard.at(-1)!.fields.pingStamp.seconds === stampSeconds) return heard.slice(0, -1)
  }
}

beforeEach(() => startAs(EntityName.osd(9)))
afterEach(() => Promise.all([peer.messenger.shutdown(), server.shutdown()]))

describe('a ping', () => {
  test('is answered with its own stamps and what the host knows', async () => {
    connection.sendMessage(new MOSDPing({ ...PING, deltaUb: 5n }))
    const [reply] = await peer.hearsOnly(MOSDPing, 1)
    expect(reply!.fields).toEqual({
      fsid: FSID,
      mapEpoch: 12,
      op: MOSDPingOp.pingReply,
      pingStamp: PING.pingStamp,
      upFrom: 4,
      monoPingStamp: PING.monoPingStamp,
      monoSendStamp: 2_000_000_000n,
      deltaUb: 2_000_000_000n - 9_000_000_010n,
      minMessageSize: 2000,
    })
    expect(reply!.source).toEqual(EntityName.osd(1))
    expect(host.clocks.of(9).upper).toBe(5n)
  })

  test('of version 4 is answered with version 5', async () => {
    class OldPing extends MOSDPing {
      protected override encodePayload(): void {
        super.encodePayload()
        this.version = 4
        this.front = this.front.substr(0, 33)
      }
    }
    connection.sendMessage(new OldPing(PING))
    const [reply] = await peer.hearsOnly(MOSDPing, 1)
    expect([reply!.version, reply!.fields.pingStamp]).toEqual([5, PING.pingStamp])
  })

  test('of another cluster is not answered, and neither is one whose sender could not read the answer', async () => {
    class HammerPing extends MOSDPing {
      protected override encodePayload(): void {
        super.encodePayload()
        this.version = 2
        this.compatVersion = 1
        this.front = new BufferList(readGolden('ping-v2').subarray(1 + MESSAGE_HEADER_SIZE, -MESSAGE_FOOTER_SIZE))
      }
    }
    connection.sendMessage(new MOSDPing({ ...PING, fsid: Uuid.parse('99999999-2222-3333-4444-555555555555') }))
    connection.sendMessage(new HammerPing())
    expect(await heardBefore(77)).toEqual([])
  })

  test('of nobody in particular is answered, with the fsid', async () => {
    connection.sendMessage(new MOSDPing({ ...PING, fsid: Uuid.zero() }))
    const [reply] = await peer.hearsOnly(MOSDPing, 1)
    expect(reply!.fields.fsid).toEqual(FSID)
  })

  test('is not answered by an OSD that stops', async () => {
    host.knowledge.isStopping = true
    connection.sendMessage(new MOSDPing({ ...PING, pingStamp: { seconds: 1, nanoseconds: 0 } }))
    connection.sendMessage(new MPing())
    // The messenger answers keepalives by itself: once one came back, everything before it has been dispatched.
    connection.sendKeepalive()
    await expect.poll(() => connection.lastKeepaliveAckMs).toBeDefined()
    host.knowledge.isStopping = false
    expect(await heardBefore(78)).toEqual([])
  })
})

describe('someone who is dead', () => {
  afterEach(() => Promise.all([peer.messenger.shutdown(), server.shutdown()]))

  test('is answered, and told so', async () => {
    await Promise.all([peer.messenger.shutdown(), server.shutdown()])
    await startAs(EntityName.osd(13))
    connection.sendMessage(new MOSDPing(PING))
    const heard = await peer.hearsOnly(MOSDPing, 2)
    expect(heard.map(({ fields }) => fields.op)).toEqual([MOSDPingOp.pingReply, MOSDPingOp.youDied])
    expect(heard[1]!.fields).toMatchObject({ pingStamp: PING.pingStamp, mapEpoch: 12, deltaUb: undefined })
    // Once it has heard of that map, it is not told again.
    expect(await heardBefore(79)).toHaveLength(2)
  })
})

test('answers and news of our death go to the host, unless they are of another cluster', async () => {
  const other = Uuid.parse('99999999-2222-3333-4444-555555555555')
  for (const fsid of [other, FSID]) {
    const pingStamp = { seconds: fsid === FSID ? 1 : 2, nanoseconds: 0 }
    connection.sendMessage(new MOSDPing({ ...PING, fsid, pingStamp, op: MOSDPingOp.pingReply }))
    connection.sendMessage(new MOSDPing({ ...PING, fsid, op: MOSDPingOp.youDied }))
  }
  expect(await heardBefore(80)).toEqual([])
  expect(host.seen).toEqual(['reply at 1', 'osd.9 says that we died at 5'])
})

test('operations that mean nothing any more, and MPing, are passed over', async () => {
  for (const op of [0, 1, 3, 200]) connection.sendMessage(new MOSDPing({ ...PING, op }))
  connection.sendMessage(new MPing())
  expect(await heardBefore(81)).toEqual([])
  expect(host.seen).toEqual([])
})
