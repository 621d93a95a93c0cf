import { nextTurn } from '@msgr-tooling/vitest-preset/until'
import { BufferList } from '@msgr/bufferlist'
import { EntityAddr, MessageHeader, MessageRegistry, type Message } from '@msgr/message'
import { admissionSteps, Throttle } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { FromWorker, OpenFacts, ToWorker } from '../../src/threads/control.ts'
import type { Progress } from '../../src/threads/progress.ts'
import { ThreadConnection, type ThreadConnectionHost } from '../../src/threads/thread-connection.ts'
import { MCarrier } from './carrier.ts'
import { openEnds, type ChannelEnd } from './channel-ends.ts'
import { numbersBelow } from './parties.ts'

const ID = 17
const PEER = EntityAddr.parse('v2:127.0.0.1:6800/5')
const MAX_QUEUED_BYTES = 10_000
const FEATURES = 6n
const ACCEPT: ToWorker = { kind: 'accept', fd: 99, wire: 'v2' }

/** What the host of a connection was told. */
class Host implements ThreadConnectionHost {
  readonly maxQueuedBytes = MAX_QUEUED_BYTES
  readonly defaultSendPriority = 63
  readonly logged: string[] = []
  readonly endings: (readonly [connection: unknown, isTold: boolean])[] = []

  log(level: number, text: string): void {
    this.logged.push(`${level} ${text}`)
  }

  ended(connection: unknown, isTold: boolean): void {
    this.endings.push([connection, isTold])
  }
}

interface Scene {
  readonly host: Host
  readonly connection: ThreadConnection<ChannelEnd<ToWorker, FromWorker>>
  /** The end of the channel where a worker would be. */
  readonly worker: ChannelEnd<FromWorker, ToWorker>
}

function begin(isDialled: boolean): Scene {
  const [home, worker] = openEnds<ToWorker, FromWorker>()
  const host = new Host()
  const peerType = isDialled ? 4 : -1
  const connection = new ThreadConnection(ID, home, host, { peerType, peerAddr: PEER, isDialled, begin: ACCEPT })
  connection.begin()
  expect(controlsTo(worker)).toEqual([ACCEPT])
  return { host, connection, worker }
}

/** One whose worker has said that it is open. */
function open(features = FEATURES): Scene {
  const scene = begin(true)
  scene.connection.opened(factsWith(features))
  return scene
}

function factsWith(features: bigint): OpenFacts {
  return { peerType: 4, peerAddr: PEER.fields, peerAddrs: [PEER.fields, PEER.with({ type: 'v1' }).fields], features }
}

/** The controls that have come for the connection, and nothing else has. */
function controlsTo(worker: ChannelEnd<FromWorker, ToWorker>): ToWorker[] {
  expect(worker.arrivals.every(({ handle }) => handle === ID)).toBe(true)
  return worker.takeControls()
}

/** The messages that have come for it, each as its transaction id and what its front says; and the kinds of controls. */
function arrivalsAt(worker: ChannelEnd<FromWorker, ToWorker>): (string | readonly number[])[] {
  return worker.take().map((arrival) => {
    expect(arrival.handle).toBe(ID)
    if (arrival.kind === 'control') return arrival.control.kind
    if (arrival.kind === 'progress') throw new Error('expected no progress, which is for workers to tell')
    return [arrival.header.tidLow, ...(arrival.parts.front?.toContiguous() ?? [])]
  })
}

function carrier(tid: number, data = 0): MCarrier {
  return new MCarrier({ tid, data, showsFeatures: true })
}

/** The worker has taken so much, and holds the rest of it. */
function progressWith(parts: Partial<Progress>): Progress {
  const counts = { queuedCount: 0, unackedCount: 0, queuedBytes: 0, takenCount: 0, takenBytes: 0 }
  return { isConnected: true, ...counts, lastKeepaliveMs: undefined, lastKeepaliveAckMs: undefined, ...parts }
}

/** Sends messages until there is no room. Returns how many were queued. */
function fill(connection: Scene['connection']): number {
  for (let count = 0; ; count++) if (connection.sendMessage(carrier(count, 1000)) === 'full') return count
}

describe('a message', () => {
  test('that is sent before the session is open waits, wakes the session once, and goes out for its features', () => {
    const { connection, worker } = begin(true)
    for (const tid of numbersBelow(3)) expect(connection.sendMessage(carrier(tid, 100))).toBe('queued')
    expect(controlsTo(worker)).toEqual([{ kind: 'want' }])
    expect([connection.queuedCount, connection.isConnected]).toEqual([3, false])
    expect(connection.queuedBytes).toBeGreaterThan(300)
    connection.opened(factsWith(FEATURES))
    expect(arrivalsAt(worker)).toEqual([
      [0, 6],
      [1, 6],
      [2, 6],
    ])
    expect([connection.queuedCount, connection.isConnected]).toEqual([3, true])
    expect(connection.sendMessage(carrier(3))).toBe('queued')
    expect(arrivalsAt(worker)).toEqual([[3, 6]])
  })

  // A peer of old may have none of the features that we know.
  test('goes out at once to a peer without any feature', () => {
    const { connection, worker } = begin(true)
    connection.sendMessage(carrier(0))
    connection.opened(factsWith(0n))
    expect(arrivalsAt(worker)).toEqual(['want', [0, 0]])
    connection.sendMessage(carrier(1))
    expect(arrivalsAt(worker)).toEqual([[1, 0]])
  })

  test('is encoded for what the peer has when it is sent, and goes out also while the session is not open', () => {
    const { connection, worker } = open()
    connection.progressed(progressWith({ isConnected: false }))
    connection.sendMessage(carrier(0))
    connection.opened(factsWith(3n))
    connection.sendMessage(carrier(1))
    expect(arrivalsAt(worker)).toEqual([
      [0, 6],
      [1, 3],
    ])
    expect([connection.hasFeature(1n), connection.hasFeature(4n)]).toEqual([true, false])
  })

  test('gets the default priority, unless it has one', () => {
    const { connection } = open()
    const [plain, urgent] = [carrier(0), carrier(1)]
    urgent.priority = 200
    for (const message of [plain, urgent]) connection.sendMessage(message)
    expect([plain.priority, urgent.priority]).toEqual([63, 200])
  })

  test('that cannot be encoded is logged, and the others go out', () => {
    const { connection, worker, host } = begin(true)
    const bad = carrier(1)
    Object.assign(bad, {
      encodePayload: () => {
        throw new Error('there are no words for it')
      },
    })
    for (const message of [carrier(0), bad, carrier(2)]) expect(connection.sendMessage(message)).toBe('queued')
    connection.opened(factsWith(FEATURES))
    expect(arrivalsAt(worker)).toEqual(['want', [0, 6], [2, 6]])
    expect(host.logged).toEqual([`0 ${PEER.toString()}: a message cannot be encoded: there are no words for it`])
    connection.progressed(progressWith({ takenCount: 2, takenBytes: connection.queuedBytes }))
    expect([connection.queuedCount, connection.queuedBytes]).toEqual([0, 0])
  })
})

describe('the queue', () => {
  test.each([
    ['before the session is open', () => begin(true)],
    ['while it is open', () => open()],
  ])('has a limit %s, and whoever waits for room hears of it', async (_, start) => {
    const { connection, worker } = start()
    const count = fill(connection)
    expect(connection.queuedBytes).toBeLessThan(MAX_QUEUED_BYTES + 2000)
    expect([connection.queuedCount, connection.sendMessage(carrier(count))]).toEqual([count, 'full'])
    const { queuedBytes } = connection
    expect(queuedBytes).toBeGreaterThanOrEqual(MAX_QUEUED_BYTES)
    let isDrained = false
    const drained = connection.drained().then(() => (isDrained = true))
    connection.opened(factsWith(FEATURES))
    expect(connection.queuedBytes).toBe(queuedBytes)
    // All is with the worker now, which has sent less than half, and then more.
    const taken = { takenCount: count, takenBytes: queuedBytes }
    connection.progressed(progressWith({ ...taken, queuedCount: 6, queuedBytes: 6000, unackedCount: 4 }))
    expect([connection.queuedCount, connection.queuedBytes, connection.unackedCount]).toEqual([6, 6000, 4])
    await nextTurn()
    expect(isDrained).toBe(false)
    expect(connection.sendMessage(carrier(count))).toBe('queued')
    connection.progressed(progressWith({ ...taken, queuedBytes: 4000 }))
    await drained
    expect(connection.queuedCount).toBe(1)
    expect(arrivalsAt(worker).filter((arrival) => arrival !== 'want')).toEqual(
      numbersBelow(count + 1).map((tid) => [tid, 6]),
    )
  })

  test('need not be waited for: a signal ends the wait', async () => {
    const { connection } = open()
    fill(connection)
    const controller = new AbortController()
    const waiting = connection.drained({ signal: controller.signal })
    controller.abort(new Error('no time'))
    await expect(waiting).rejects.toThrow('no time')
  })

  test.each(['markDown', 'reset', 'closed'] as const)('is not waited for after %s, and is empty', async (way) => {
    const { connection } = begin(true)
    fill(connection)
    connection.opened(factsWith(FEATURES))
    connection.progressed(progressWith({ unackedCount: 3 }))
    const drained = connection.drained()
    connection[way]()
    await drained
    expect([connection.queuedCount, connection.queuedBytes, connection.unackedCount]).toEqual([0, 0, 0])
    expect(connection.sendMessage(carrier(0))).toBe('dropped')
  })
})

describe('the end', () => {
  test('that the application wants is told to the worker, and once', () => {
    const { connection, worker, host } = open()
    connection.markDown()
    connection.markDown()
    connection.reset()
    connection.sendKeepalive()
    connection.markDisposable()
    expect(controlsTo(worker)).toEqual([{ kind: 'markDown' }])
    expect(host.endings).toEqual([[connection, false]])
    expect([connection.isClosed, connection.isConnected]).toEqual([true, false])
  })

  test.each([
    ['that was dialled', () => begin(true), true],
    ['that was accepted and is not known to anybody yet', () => begin(false), false],
    ['that was accepted and opened', openAccepted, true],
  ] as const)('as by an error of a connection %s', (_, start, isTold) => {
    const { connection, worker, host } = start()
    expect(connection.isKnown).toBe(isTold)
    connection.reset()
    connection.reset()
    connection.markDown()
    expect(controlsTo(worker)).toEqual([{ kind: 'markDown' }])
    expect(host.endings).toEqual([[connection, isTold]])
  })

  function openAccepted(): Scene {
    const scene = begin(false)
    scene.connection.opened(factsWith(FEATURES))
    return scene
  }

  test('that the worker tells of is not told back', () => {
    const { connection, worker, host } = open()
    connection.closed()
    connection.markDown()
    connection.reset()
    expect([connection.sendMessage(carrier(0)), connection.isConnected]).toEqual(['dropped', false])
    expect([arrivalsAt(worker), host.endings]).toEqual([[], []])
  })
})

test('what a connection is asked for goes to its worker, and what that tells is known', () => {
  const { connection, worker } = begin(false)
  connection.sendKeepalive()
  connection.markDisposable()
  expect(controlsTo(worker)).toEqual([{ kind: 'keepalive' }, { kind: 'makeDisposable' }])
  expect([connection.lastKeepaliveMs, connection.lastKeepaliveAckMs]).toEqual([undefined, undefined])
  connection.opened(factsWith(FEATURES))
  connection.progressed(progressWith({ lastKeepaliveMs: 5, lastKeepaliveAckMs: 7 }))
  expect([connection.lastKeepaliveMs, connection.lastKeepaliveAckMs]).toEqual([5, 7])
  expect([connection.peerType, connection.peerAddrs.fields]).toEqual([4, factsWith(FEATURES).peerAddrs])
  connection.progressed(progressWith({ isConnected: false }))
  expect(connection.isConnected).toBe(false)
})

test('a connection that moves speaks to its new home, and not to the old one', () => {
  const { connection, worker } = begin(false)
  const [home, next] = openEnds<ToWorker, FromWorker>()
  connection.sendMessage(carrier(0))
  expect(arrivalsAt(worker)).toEqual(['want'])
  connection.home = home
  connection.sendKeepalive()
  connection.opened(factsWith(FEATURES))
  connection.sendMessage(carrier(1))
  connection.markDown()
  expect(arrivalsAt(next)).toEqual(['keepalive', [0, 6], [1, 6], 'markDown'])
  expect(arrivalsAt(worker)).toEqual([])
})

test('a handshake has one context for as long as the next has not begun', () => {
  const { connection } = begin(true)
  const first = connection.contextOf(1, 'v1')
  expect(connection.contextOf(1, 'v1')).toBe(first)
  const second = connection.contextOf(2, 'v2')
  expect([first.wire, second.wire]).toEqual(['v1', 'v2'])
  expect(second.transport).not.toBe(first.transport)
  expect(connection.contextOf(2, 'v2')).toBe(second)
})

describe('a message that comes', () => {
  const registry = new MessageRegistry([MCarrier])

  /** A connection for which two messages of 20 bytes each have been let through its throttles. */
  function expecting(): Scene & { readonly throttles: readonly Throttle[] } {
    const scene = open()
    const [messages, bytes, forAll] = [10, 1000, 1000].map((max) => new Throttle(max)) as [Throttle, Throttle, Throttle]
    for (const throttle of [bytes, forAll]) throttle.getOrFail(40)
    messages.getOrFail(2)
    scene.connection.steps = admissionSteps({ messages, bytes }, forAll)
    return { ...scene, throttles: [messages, bytes, forAll] }
  }

  function receive({ connection }: Scene, type = MCarrier.type, sourceNum = 3): Message | undefined {
    const fields = { type, version: 5, compatVersion: 3, frontLength: 8, dataLength: 12, sourceType: 4, sourceNum }
    const [front, data] = [8, 12].map((length) => new BufferList(new Uint8Array(length)))
    return connection.receive(Object.assign(new MessageHeader(), fields), { front, middle: undefined, data }, registry)
  }

  test('is decoded, knows where it came from, and holds its throttles until it is released', () => {
    const scene = expecting()
    const { connection, throttles } = scene
    const message = receive(scene)
    expect(message).toBeInstanceOf(MCarrier)
    expect([message?.connection, message?.dispatchThrottleBytes]).toEqual([connection, 20])
    expect([message?.frontLength, message?.dataLength]).toEqual([8, 12])
    expect(throttles.map(({ current }) => current)).toEqual([2, 40, 40])
    connection.releaseThrottles(message!)
    expect(throttles.map(({ current }) => current)).toEqual([1, 20, 20])
  })

  test('names its sender by the same object, for as long as that is the same', () => {
    const scene = expecting()
    const [one, two, three] = [3, 3, 4].map((num) => receive(scene, MCarrier.type, num)?.source)
    expect(one?.toString()).toBe('osd.3')
    expect(two).toBe(one)
    expect(three?.toString()).toBe('osd.4')
    expect(scene.connection.peerName).toBe(three)
  })

  test('and makes no sense breaks its transport, and gives back what it held', () => {
    const scene = expecting()
    expect(receive(scene, 4711)).toBeUndefined()
    expect(controlsTo(scene.worker)).toEqual([{ kind: 'break', reason: expect.stringContaining('4711') as string }])
    expect(scene.throttles.map(({ current }) => current)).toEqual([1, 20, 20])
  })

  test('when the connection is closed gives back what it held, and nothing more', () => {
    const scene = expecting()
    scene.connection.markDown()
    expect(controlsTo(scene.worker)).toEqual([{ kind: 'markDown' }])
    expect(receive(scene)).toBeUndefined()
    expect(receive(scene, 4711)).toBeUndefined()
    expect(arrivalsAt(scene.worker)).toEqual([])
    expect(scene.throttles.map(({ current }) => current)).toEqual([0, 0, 0])
  })
})
