import { until } from '@msgr-tooling/vitest-preset/until'
import { Uuid } from '@msgr/bufferlist'
import { afterEach, describe, expect, test } from 'vitest'
import type { PeerTarget } from '../src/heartbeat-link.ts'
import type { HeartbeatAddresses } from '../src/osd.ts'
import { WatchedOsd } from './watched-osd.ts'

const running: WatchedOsd[] = []

async function startOsd(options: ConstructorParameters<typeof WatchedOsd>[0]): Promise<WatchedOsd> {
  const watched = new WatchedOsd(options)
  running.push(watched)
  await watched.start()
  return watched
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ osd }) => osd.stop()))
})

function targetAt({ front, back }: HeartbeatAddresses, changes: Partial<PeerTarget> = {}): PeerTarget {
  return {
    key: back.toString(),
    id: undefined,
    upFrom: 0,
    back: { addr: back, anyNonce: false },
    front: { addr: front, anyNonce: false },
    ...changes,
  }
}

describe('two OSDs', () => {
  test('answer each other at front and back, and learn who the other is', async () => {
    const [one, two] = [await startOsd({ id: 1 }), await startOsd({ id: 2 })]
    one.osd.setPeers([targetAt(two.osd.addresses)])
    two.osd.setPeers([targetAt(one.osd.addresses, { front: undefined })])
    await Promise.all([one.answered(3), two.answered(3, ['back'])])
    expect([...one.osd.links].map(({ id }) => id)).toEqual([2])
    expect([...two.osd.links].map(({ id }) => id)).toEqual([1])
    expect(two.answers.front).toBe(0)
    expect([...one.found, ...two.found]).toEqual([])
    const [link] = one.osd.links
    expect(link!.peer.counts.missed).toBe(0)
    // They run in one process: the true difference of their clocks is none, and must lie between the bounds.
    const { lower, upper } = one.osd.clocks.of(2)
    expect(lower! <= 0n && upper! >= 0n).toBe(true)
  })

  test('find each other without knowing the nonce', async () => {
    const [one, two] = [await startOsd({ id: 1 }), await startOsd({ id: 2 })]
    const { back } = two.osd.addresses
    one.osd.setPeers([targetAt(two.osd.addresses, { back: { addr: back.with({ nonce: 0 }), anyNonce: true } })])
    await one.answered(1)
  })

  test('of different clusters do not answer each other', async () => {
    const [one, two] = [await startOsd({ id: 1, graceMs: 200 }), await startOsd({ id: 2, fsid: Uuid.random() })]
    one.osd.setPeers([targetAt(two.osd.addresses)])
    await one.until(() => one.found.length > 0)
    expect(one.found).toEqual(['osd.undefined failed: silence'])
    expect(one.answers).toEqual({ front: 0, back: 0 })
  })
})

describe('a peer that stops listening', () => {
  test('is reported once, as refused, and has recovered when it is back', async () => {
    const [one, two] = [await startOsd({ id: 1 }), await startOsd({ id: 2 })]
    const { front, back } = two.osd.addresses
    const anyone = { front: { addr: front, anyNonce: true }, back: { addr: back, anyNonce: true } }
    one.osd.setPeers([targetAt(two.osd.addresses, anyone)])
    await one.answered(1)
    await two.osd.stop()
    await one.until(() => one.found.length > 0)
    expect(one.found).toEqual(['osd.2 failed: refused'])

    const again = new WatchedOsd({ id: 2 })
    running.push(again)
    await again.osd.start({ front, back })
    await one.until(() => one.found.length > 1)
    expect(one.found).toEqual(['osd.2 failed: refused', 'osd.2 recovered'])
    await one.answered(2)
  })

  test('is found by its silence where a refusal does not count', async () => {
    const one = await startOsd({ id: 1, fastFail: false, graceMs: 200 })
    const two = await startOsd({ id: 2 })
    one.osd.setPeers([targetAt(two.osd.addresses)])
    await one.answered(1)
    await two.osd.stop()
    await one.until(() => one.found.length > 0)
    expect(one.found).toEqual(['osd.2 failed: silence'])
    const [link] = one.osd.links
    expect(link!.peer.counts.missed).toBeGreaterThan(0)
  })
})

test('whoever answers for another does not count', async () => {
  const [one, two] = [await startOsd({ id: 1, graceMs: 200 }), await startOsd({ id: 2 })]
  one.osd.setPeers([targetAt(two.osd.addresses, { id: 3 })])
  await one.until(() => one.found.length > 0)
  expect(one.found).toEqual(['osd.3 failed: silence'])
  expect(one.answers).toEqual({ front: 0, back: 0 })
})

test('a peer that is no longer wanted is let go of, and one that still is keeps what is known of it', async () => {
  const [one, two, three] = [await startOsd({ id: 1 }), await startOsd({ id: 2 }), await startOsd({ id: 3 })]
  const targets = [targetAt(two.osd.addresses, { id: 2 }), targetAt(three.osd.addresses, { id: 3 })]
  one.osd.setPeers(targets)
  await one.answered(2)
  const [kept] = one.osd.links
  one.osd.setPeers(targets.slice(0, 1))
  expect([...one.osd.links]).toEqual([kept])
  expect(one.closed).toBe(1)
  await one.answered(1)
})

test('after rebinding it is another incarnation at other ports', async () => {
  const [one, two] = [await startOsd({ id: 1 }), await startOsd({ id: 2 })]
  const before = one.osd.addresses
  one.osd.setPeers([targetAt(two.osd.addresses)])
  const after = await one.osd.rebind()
  expect([...one.osd.links]).toEqual([])
  const ports = [before.front, before.back, after.front, after.back].map(({ port }) => port)
  expect(new Set(ports).size).toBe(4)
  expect(after.front.nonce).not.toBe(before.front.nonce)
  two.osd.setPeers([targetAt(after)])
  await two.answered(1)
})

test('an OSD that knows a map tells whoever is dead in it', async () => {
  const [one, two] = [await startOsd({ id: 1 }), await startOsd({ id: 2 })]
  two.osd.knowledge.assign({ mapEpoch: 9, upFrom: 1, deadBefore: new Map([[2, 0]]) })
  one.osd.setPeers([targetAt(two.osd.addresses)])
  await one.until(() => one.found.length > 0)
  expect(one.found[0]).toBe('osd.2 says that we died at 9')
  await one.answered(1)
})

test('a process that was not running does not take the others for dead: their answers are in its sockets', async () => {
  const graceMs = 1000
  const [one, two] = [await startOsd({ id: 1, graceMs }), await startOsd({ id: 2 })]
  one.osd.setPeers([targetAt(two.osd.addresses)])
  await one.answered(1)
  const [link] = one.osd.links
  const isWaiting = (): boolean => {
    const { pings, answered, missed } = link!.peer.counts
    return pings > answered + missed
  }
  await until(isWaiting)
  // As SIGSTOP and SIGCONT would do: nothing runs for twice the grace time.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * graceMs)
  await one.answered(3)
  expect(one.found).toEqual([])
})

test('settings reach each of its messengers', async () => {
  const { osd } = await startOsd({ id: 1, settings: { maxQueuedBytes: 12_345 } })
  const messengers = [osd.hbclient, osd.hbFrontServer, osd.hbBackServer]
  expect(messengers.map(({ options }) => options.maxQueuedBytes)).toEqual([12_345, 12_345, 12_345])
})
