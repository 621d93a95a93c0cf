import { beforeEach, describe, expect, test } from 'vitest'
import { SessionClock } from '../src/session-clock.ts'

const TIMING = {
  initialBackoffMs: 200,
  maxBackoffMs: 1_000,
  connectionReadyTimeoutMs: 10_000,
  connectionIdleTimeoutMs: 900_000,
}

let clock: SessionClock

beforeEach(() => {
  clock = new SessionClock(TIMING)
})

describe('a handshake', () => {
  test('must be over in time, counted from when the transport began to open', () => {
    clock.transportBegins(1_000)
    clock.transportBegins(4_000)
    expect(clock.deadline(false)).toBe(11_000)
    expect(clock.due(10_999, false)).toBeUndefined()
    expect(clock.due(11_000, false)).toEqual({ reason: 'the handshake is not over after 10000 ms' })
  })

  test('has no deadline when it is over or its transport gone', () => {
    clock.transportBegins(0)
    clock.handshakeOver()
    expect(clock.deadline(false)).toBeUndefined()
    clock.transportBegins(0)
    clock.transportGone()
    expect(clock.deadline(false)).toBeUndefined()
  })
})

describe('an open transport', () => {
  test('may be silent for so long and no longer', () => {
    clock.transportBegins(0)
    clock.opened()
    clock.handshakeOver()
    clock.heard(5_000)
    expect(clock.deadline(true)).toBe(905_000)
    expect(clock.due(904_999, true)).toBeUndefined()
    expect(clock.due(905_000, true)).toEqual({ reason: 'nothing has come from the peer for 900000 ms' })
  })
})

describe('the wait for the next attempt', () => {
  test('doubles up to the limit while attempts fail', () => {
    expect([1, 2, 3, 4, 5].map(() => clock.scheduleRetry(false))).toEqual([200, 400, 800, 1_000, 1_000])
  })

  test('ends once', () => {
    clock.nowMs = 50
    clock.scheduleRetry(false)
    expect([clock.deadline(false), clock.due(249, false), clock.due(250, false)]).toEqual([250, undefined, 'retry'])
    expect([clock.deadline(false), clock.due(99_999, false)]).toEqual([undefined, undefined])
  })

  test('is none after a fault of a transport that something got through', () => {
    clock.scheduleRetry(false)
    clock.opened()
    clock.progressed()
    expect([clock.scheduleRetry(true), clock.deadline(false)]).toEqual([0, undefined])
    expect(clock.scheduleRetry(false)).toBe(200)
  })

  test('is none after a fault of a transport that was open for a while', () => {
    clock.opened()
    clock.heard(200)
    expect(clock.scheduleRetry(true)).toBe(0)
  })

  test('goes on doubling if transports open and break at once, with nothing got through', () => {
    const waits = [1, 2, 3].map(() => {
      clock.opened()
      return clock.scheduleRetry(true)
    })
    expect(waits).toEqual([200, 400, 800])
  })

  test('is the longest at once for a peer that dials us', () => {
    clock.nowMs = 10
    clock.waitLongest()
    expect(clock.deadline(false)).toBe(1_010)
  })
})

test('the transport of another session brings its time with it', () => {
  const other = new SessionClock(TIMING)
  other.transportBegins(7_000)
  clock.scheduleRetry(false)
  clock.takeOver(other)
  expect([clock.nowMs, clock.deadline(false)]).toEqual([7_000, 17_000])
})

describe('a transport that comes from another clock', () => {
  test('has what is left of its time, by this one', () => {
    const other = new SessionClock(TIMING)
    other.transportBegins(7_000)
    clock.transportMoved(100, other.ageMs(9_500))
    expect([clock.nowMs, clock.deadline(false)]).toEqual([100, 7_600])
    expect(clock.ageMs(600)).toBe(3_000)
  })

  test('has heard from its peer just now', () => {
    clock.transportMoved(5_000, 2_000)
    clock.opened()
    clock.handshakeOver()
    expect(clock.deadline(true)).toBe(905_000)
  })

  test('has no age while there is no handshake', () => {
    expect(clock.ageMs(1_000)).toBe(0)
  })
})

test('nothing is due once it is stopped', () => {
  clock.transportBegins(0)
  clock.scheduleRetry(false)
  clock.stop()
  expect([clock.deadline(false), clock.due(1e9, false)]).toEqual([undefined, undefined])
})
