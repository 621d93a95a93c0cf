import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HeartbeatPeer, type HeartbeatChannel } from '../src/heartbeat-peer.ts'

const GRACE_MS = 20_000
const BOTH: readonly HeartbeatChannel[] = ['front', 'back']

function makePeer(): HeartbeatPeer {
  return new HeartbeatPeer(BOTH, GRACE_MS)
}

describe('health', () => {
  test('a peer that was never pinged is neither healthy nor unhealthy', () => {
    const peer = makePeer()
    expect([peer.isHealthy(0), peer.isUnhealthy(1e9)]).toEqual([false, false])
    expect(peer.failedSinceMs).toBeUndefined()
  })

  test('it becomes healthy once both channels have answered', () => {
    const peer = makePeer()
    peer.notePing('a', 100, BOTH)
    peer.noteReply('a', 'front', 101)
    expect(peer.isHealthy(102)).toBe(false)
    peer.noteReply('a', 'back', 102)
    expect(peer.isHealthy(102)).toBe(true)
  })

  test('it becomes unhealthy when the oldest ping passes its deadline, and not at it', () => {
    const peer = makePeer()
    peer.notePing('a', 100, BOTH)
    peer.notePing('b', 600, BOTH)
    expect(peer.isUnhealthy(100 + GRACE_MS)).toBe(false)
    expect(peer.isUnhealthy(101 + GRACE_MS)).toBe(true)
  })

  test('one silent channel is enough', () => {
    const peer = makePeer()
    peer.notePing('a', 100, BOTH)
    peer.noteReply('a', 'front', 101)
    expect(peer.isUnhealthy(101 + GRACE_MS)).toBe(true)
  })

  test('an answer to a later ping stands for the ones before', () => {
    const peer = makePeer()
    peer.notePing('a', 0, BOTH)
    peer.notePing('b', 1000, BOTH)
    peer.notePing('c', 2000, BOTH)
    peer.noteReply('b', 'front', 2001)
    peer.noteReply('b', 'back', 2001)
    expect(peer.isUnhealthy(2000 + GRACE_MS)).toBe(false)
    expect(peer.isUnhealthy(2001 + GRACE_MS)).toBe(true)
    expect(peer.counts).toEqual({ pings: 6, answered: 2, missed: 2 })
  })

  test('a peer that nobody can reach becomes unhealthy as well', () => {
    const peer = makePeer()
    peer.notePing('a', 0, [])
    expect(peer.isUnhealthy(GRACE_MS + 1)).toBe(true)
    expect(peer.failedSinceMs).toBe(0)
  })

  test('a peer without a front is healthy without one', () => {
    const peer = new HeartbeatPeer(['back'], GRACE_MS)
    peer.notePing('a', 0, ['back'])
    peer.noteReply('a', 'back', 1)
    expect(peer.isHealthy(1)).toBe(true)
  })
})

describe('since when a peer has failed', () => {
  test('the first ping, as long as one channel has never answered', () => {
    const peer = makePeer()
    peer.notePing('a', 100, BOTH)
    peer.notePing('b', 200, BOTH)
    peer.noteReply('b', 'back', 300)
    expect(peer.failedSinceMs).toBe(100)
  })

  test('the older of the last answers of each channel, afterwards', () => {
    const peer = makePeer()
    peer.notePing('a', 100, BOTH)
    peer.noteReply('a', 'back', 300)
    peer.noteReply('a', 'front', 310)
    peer.notePing('b', 400, BOTH)
    peer.noteReply('b', 'back', 500)
    expect(peer.failedSinceMs).toBe(310)
  })
})

describe('answers', () => {
  test('tell how long they took', () => {
    const peer = makePeer()
    peer.notePing('a', 100, BOTH)
    expect(peer.noteReply('a', 'front', 107)).toEqual({ kind: 'onTime', rttMs: 7 })
  })

  test('to a ping that is not remembered, or on a channel that has answered it, are outdated', () => {
    const peer = makePeer()
    peer.notePing('a', 100, BOTH)
    peer.noteReply('a', 'front', 101)
    expect(peer.noteReply('a', 'front', 102)).toEqual({ kind: 'outdated' })
    expect(peer.noteReply('b', 'front', 102)).toEqual({ kind: 'outdated' })
    expect(peer.counts.answered).toBe(1)
  })

  test('after the deadline are late: the ping stays missed, the peer is heard', () => {
    const peer = makePeer()
    peer.notePing('a', 0, BOTH)
    peer.sweep(GRACE_MS + 1)
    expect(peer.counts).toEqual({ pings: 2, answered: 0, missed: 2 })
    expect(peer.noteReply('a', 'front', GRACE_MS + 5)).toEqual({ kind: 'late', rttMs: GRACE_MS + 5 })
    peer.noteReply('a', 'back', GRACE_MS + 5)
    expect(peer.isHealthy(GRACE_MS + 6)).toBe(true)
    expect(peer.counts).toEqual({ pings: 2, answered: 0, missed: 2 })
  })
})

describe('what is missed', () => {
  test('pings that were not sent count only once the peer was reached', () => {
    const peer = makePeer()
    peer.notePing('a', 0, ['back'])
    expect(peer.counts.pings).toBe(1)
    peer.notePing('b', 1, BOTH)
    peer.notePing('c', 2, [])
    expect(peer.counts.pings).toBe(5)
    peer.clearHistory()
    expect(peer.counts).toEqual({ pings: 5, answered: 0, missed: 5 })
  })

  test('a cleared history holds nothing against the peer', () => {
    const peer = makePeer()
    peer.notePing('a', 0, BOTH)
    peer.clearHistory()
    expect(peer.isUnhealthy(1e9)).toBe(false)
    expect(peer.noteReply('a', 'front', 1)).toEqual({ kind: 'outdated' })
  })

  test('the history of a silent peer has an end, and its oldest ping stays', () => {
    const peer = makePeer()
    for (let i = 0; i < 5000; i++) peer.notePing(String(i), i, BOTH)
    expect(peer.counts).toEqual({ pings: 10_000, answered: 0, missed: 8000 })
    expect(peer.isUnhealthy(GRACE_MS + 1)).toBe(true)
    expect(peer.noteReply('1', 'front', 5000)).toEqual({ kind: 'outdated' })
    expect(peer.noteReply('4999', 'front', 5000)).toEqual({ kind: 'onTime', rttMs: 1 })
  })
})

const arbitraryStep = fc.oneof(
  fc.record({ kind: fc.constant('ping' as const), open: fc.subarray([...BOTH]) }),
  fc.record({ kind: fc.constant('reply' as const), back: fc.nat(6), channel: fc.constantFrom(...BOTH) }),
  fc.record({ kind: fc.constantFrom('sweep' as const, 'clear' as const) }),
)

test('every ping is answered, missed or waited for, and unhealthy means that an old one is waited for', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ step: arbitraryStep, afterMs: fc.nat(9000) }), { maxLength: 60 }), (steps) => {
      const peer = makePeer()
      // The pings that wait: what the peer has to agree with. A channel is in `open` until it has answered.
      const model = new Map<string, { sentMs: number; waits: Set<HeartbeatChannel> }>()
      let nowMs = 0
      let sent = 0
      for (const { step, afterMs } of steps) {
        nowMs += afterMs
        if (step.kind === 'ping') {
          peer.notePing(String(sent), nowMs, step.open)
          model.set(String(sent++), { sentMs: nowMs, waits: new Set(BOTH) })
        } else if (step.kind === 'reply') {
          const stamp = String(sent - 1 - step.back)
          const ping = model.get(stamp)
          const expected = ping?.waits.delete(step.channel) === true
          expect(peer.noteReply(stamp, step.channel, nowMs).kind === 'outdated').toBe(!expected)
          if (ping?.waits.size === 0)
            for (const key of model.keys()) if (Number(key) <= Number(stamp)) model.delete(key)
        } else if (step.kind === 'sweep') {
          peer.sweep(nowMs)
        } else {
          peer.clearHistory()
          model.clear()
        }
        const { pings, answered, missed } = peer.counts
        const waiting = [...model.values()].reduce((sum, { waits }) => sum + waits.size, 0)
        expect(answered + missed).toBeLessThanOrEqual(pings)
        expect(pings - answered - missed).toBeLessThanOrEqual(waiting)
        const isOld = [...model.values()].some(({ sentMs }) => nowMs > sentMs + GRACE_MS)
        expect(peer.isUnhealthy(nowMs)).toBe(isOld)
      }
      peer.clearHistory()
      expect(peer.counts.answered + peer.counts.missed).toBe(peer.counts.pings)
    }),
  )
})
