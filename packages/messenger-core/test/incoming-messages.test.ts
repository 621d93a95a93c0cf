import { BufferList, crc32c } from '@msgr/bufferlist'
import { Throttle, type Dispatcher } from '@msgr/dispatcher'
import { EntityAddr, EntityName, EntityType, MPing, type Message } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { IncomingMessages } from '../src/incoming-messages.ts'
import { MessengerHost } from '../src/messenger-host.ts'
import { resolveMessengerSettings, type MessengerSettings } from '../src/messenger-settings.ts'
import { OwnAddrs } from '../src/own-addrs.ts'
import { SessionConnection } from '../src/session-connection.ts'
import type { Transport } from '../src/transport.ts'
import { ManualTimers } from './manual-timers.ts'

/** A connection to an OSD that never opens a socket: the messages are handed to it. */
class Still extends SessionConnection {
  constructor(host: MessengerHost) {
    const peerAddr = EntityAddr.parse('v2:10.0.0.1:6800/1')
    super(1, host, { kind: 'dial', peerType: EntityType.osd, peerAddr, anyNonce: false, isAnonymous: false })
  }

  protected override openTransport(): Transport {
    throw new Error('expected that nobody would dial')
  }
}

/** Remembers what it is given, and when. */
class Taker implements Dispatcher {
  readonly taken: { readonly tid: number; readonly atMs: number }[] = []
  readonly #timers: ManualTimers

  constructor(timers: ManualTimers) {
    this.#timers = timers
  }

  get tids(): number[] {
    return this.taken.map(({ tid }) => tid)
  }

  msCanFastDispatch(): boolean {
    return true
  }

  msFastDispatch(message: Message): void {
    this.taken.push({ tid: Number(message.tid), atMs: this.#timers.now() })
  }

  msDispatch(): boolean {
    throw new Error('expected that every message would be taken at once')
  }
}

function setUp(settings: MessengerSettings = {}) {
  const timers = new ManualTimers()
  const name = EntityName.client(7)
  const parts = resolveMessengerSettings(name, { timers, ...settings })
  const host = new MessengerHost({
    name,
    parts,
    tools: { crc32c },
    ownAddrs: new OwnAddrs(parts.nonce),
    learnedAddr: () => undefined,
    onForeignDone: () => undefined,
  })
  const bytes = new Throttle(100)
  host.policies.setThrottlers(EntityType.osd, { bytes })
  const taker = new Taker(timers)
  host.delivery.chain.addDispatcherTail(taker)
  const connection = new Still(host)
  return { timers, bytes, taker, connection, incoming: new IncomingMessages(host, connection) }
}

function message(tid: number, dataLength: number, connection: SessionConnection): MPing {
  const ping = new MPing()
  ping.tid = BigInt(tid)
  ping.data = new BufferList(new Uint8Array(dataLength))
  ping.connection = connection
  return ping
}

const DELAYS = { injectDelayType: 'osd', injectDelayProbability: 1, injectDelayMaxMs: 50 }

function never(): void {
  throw new Error('expected that nobody would be called')
}

describe('throttles', () => {
  test('are those for the type of the peer, and hold a message until it is released', () => {
    const { bytes, taker, connection, incoming } = setUp()
    expect(incoming.admit(60, never)).toBe(true)
    const ping = message(1, 60, connection)
    incoming.receive(ping)
    expect([taker.tids, ping.dispatchThrottleBytes]).toEqual([[1], 60])
    // The queue told the connection that the message is done; that one has admitted nothing.
    expect(bytes.current).toBe(60)
    incoming.release(ping)
    expect(bytes.current).toBe(0)
  })

  test('make a message wait that they have no room for', () => {
    const { bytes, incoming } = setUp()
    bytes.take(50)
    let admitted = 0
    expect(incoming.admit(60, () => admitted++)).toBe(false)
    bytes.put(50)
    expect([admitted, bytes.current]).toEqual([1, 60])
  })

  test.each([
    ['is dropped', (incoming: IncomingMessages) => incoming.abandon()],
    ['has lost its transport', (incoming: IncomingMessages) => incoming.transportGone()],
  ])('are given back by a message that %s before it is complete', (_, lose) => {
    const { bytes, incoming } = setUp()
    incoming.admit(60, never)
    lose(incoming)
    expect(bytes.current).toBe(0)
    incoming.admit(70, never)
    lose(incoming)
    expect(bytes.current).toBe(0)
  })

  test('stay with a message that is complete, whatever becomes of the next', () => {
    const { bytes, connection, incoming } = setUp(DELAYS)
    incoming.opened()
    incoming.admit(60, never)
    incoming.receive(message(1, 60, connection))
    incoming.admit(30, never)
    incoming.abandon()
    expect(bytes.current).toBe(60)
  })

  test('stay with a message that is complete when the transport is gone', () => {
    const { bytes, connection, incoming } = setUp()
    incoming.admit(60, never)
    const ping = message(1, 60, connection)
    incoming.receive(ping)
    incoming.transportGone()
    expect(bytes.current).toBe(60)
    incoming.release(ping)
    expect(bytes.current).toBe(0)
  })

  test('are not asked by what was never admitted', () => {
    const { bytes, incoming } = setUp()
    incoming.abandon()
    incoming.transportGone()
    incoming.discard()
    expect(bytes.current).toBe(0)
  })
})

describe('delays', () => {
  test('are not there unless the options say so, or before the connection is open', () => {
    for (const settings of [{}, { ...DELAYS, injectDelayType: 'mon' }]) {
      const { taker, timers, connection, incoming } = setUp(settings)
      incoming.opened()
      incoming.receive(message(1, 0, connection))
      expect([taker.tids, timers.waitingCount]).toEqual([[1], 0])
    }
    const { taker, connection, incoming } = setUp(DELAYS)
    incoming.receive(message(1, 0, connection))
    expect(taker.tids).toEqual([1])
  })

  test('hold messages of such peers back, in order', () => {
    const { taker, timers, connection, incoming } = setUp(DELAYS)
    incoming.opened()
    for (const tid of [1, 2, 3]) incoming.receive(message(tid, 0, connection))
    expect(taker.tids).toEqual([])
    timers.advance(50)
    expect(taker.tids).toEqual([1, 2, 3])
    expect(taker.taken[0]!.atMs).toBeGreaterThan(1_000)
  })

  test('go on when the connection opens again: what is held back stays so, and stays in order', () => {
    const { taker, timers, connection, incoming } = setUp(DELAYS)
    const tids = Array.from({ length: 20 }, (_, i) => i)
    for (const tid of tids) {
      incoming.opened()
      incoming.receive(message(tid, 0, connection))
    }
    expect(taker.tids).toEqual([])
    timers.advance(50)
    expect(taker.tids).toEqual(tids)
  })

  test('end when the transport is gone: what had come is delivered', () => {
    const { taker, timers, connection, incoming } = setUp(DELAYS)
    incoming.opened()
    for (const tid of [1, 2]) incoming.receive(message(tid, 0, connection))
    incoming.transportGone()
    expect([taker.tids, timers.waitingCount]).toEqual([[1, 2], 0])
  })

  test('keep nothing of what is discarded, and its throttles are given back', () => {
    const { taker, timers, bytes, connection, incoming } = setUp(DELAYS)
    incoming.opened()
    for (const [tid, length] of [
      [1, 10],
      [2, 20],
    ] as const) {
      incoming.admit(length, never)
      incoming.receive(message(tid, length, connection))
    }
    expect(bytes.current).toBe(30)
    incoming.discard()
    timers.advance(100)
    expect([taker.tids, bytes.current, timers.waitingCount]).toEqual([[], 0, 0])
  })
})
