import { EntityType, type EntityAddr } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { Policies, type PolicyName, type SessionEvent } from '../src/index.ts'
import { SessionClock } from '../src/session-clock.ts'
import { SessionKeepalives } from '../src/session-keepalives.ts'
import { SessionMemory } from '../src/session-memory.ts'
import { SessionRecovery } from '../src/session-recovery.ts'
import { TIMING } from './network/host.ts'
import { Note } from './network/note.ts'
import { ADDR_B } from './network/pair.ts'
import { ADDR_B2 } from './network/raw-peer-v2.ts'

const ERROR = new Error('gone')

interface Parts {
  readonly memory: SessionMemory
  readonly clock: SessionClock
  readonly keepalives: SessionKeepalives
  readonly recovery: SessionRecovery
  readonly events: SessionEvent[]
}

/** An open session that has been resumed twice. */
function openParts(policy: PolicyName, addr: EntityAddr = ADDR_B): Parts {
  const memory = new SessionMemory(Policies[policy](), EntityType.osd, addr)
  const clock = new SessionClock(TIMING)
  const keepalives = new SessionKeepalives()
  const events: SessionEvent[] = []
  const recovery = new SessionRecovery({ memory, clock, keepalives, emit: (event) => events.push(event) })
  memory.state = 'open'
  memory.connectSeq = 3
  clock.opened()
  clock.progressed()
  return { memory, clock, keepalives, recovery, events }
}

describe('an open session that loses its transport', () => {
  test('dials at once with the next connect seq, and has what was sent go out again', () => {
    const { memory, recovery, events } = openParts('losslessPeer')
    memory.queue.push(Note.of(1))
    memory.queue.take(true)
    recovery.fault(ERROR)
    expect(memory).toMatchObject({ state: 'connecting', connectSeq: 4, isBackingOff: false })
    expect([memory.queue.sentCount, memory.queue.length]).toEqual([0, 1])
    expect(events).toEqual([{ kind: 'fault', error: ERROR, next: 'reconnect', delayMs: 0 }, { kind: 'dial' }])
  })

  test('stands by if nothing waits, until something does', () => {
    const { memory, recovery, events } = openParts('losslessPeer')
    recovery.fault(ERROR)
    expect(memory).toMatchObject({ state: 'standby', connectSeq: 3 })
    expect(events.splice(0)).toEqual([{ kind: 'fault', error: ERROR, next: 'standby', delayMs: 0 }])
    recovery.wake()
    recovery.wake()
    expect(memory).toMatchObject({ state: 'connecting', connectSeq: 4 })
    expect(events).toEqual([{ kind: 'dial' }])
  })

  test('does not stand by while its owner wants it open', () => {
    const { memory, recovery, events } = openParts('losslessPeer')
    memory.isWanted = true
    recovery.fault(ERROR)
    expect(memory.state).toBe('connecting')
    expect(events.map(({ kind }) => kind)).toEqual(['fault', 'dial'])
    memory.opened()
    recovery.fault(ERROR)
    expect(memory.state).toBe('standby')
  })

  test('does not stand by if a keepalive waits', () => {
    const { memory, recovery, keepalives } = openParts('losslessPeer')
    keepalives.toSend = { seconds: 1, nanoseconds: 0 }
    recovery.fault(ERROR)
    expect(memory.state).toBe('connecting')
  })

  test('ends if it is lossy, and forgets what is queued', () => {
    const { memory, clock, recovery, events } = openParts('lossyClient')
    memory.queue.push(Note.of(1))
    recovery.fault(ERROR)
    expect([memory.state, memory.queue.length, clock.deadline(false)]).toEqual(['closed', 0, undefined])
    expect(events).toEqual([{ kind: 'closed', error: ERROR }])
  })
})

describe('a session that has never been open', () => {
  test('keeps asking with connect seq 0', () => {
    const { memory, clock, recovery, events } = openParts('lossyClient')
    memory.state = 'connecting'
    memory.connectSeq = 0
    recovery.fault(ERROR)
    expect(memory).toMatchObject({ state: 'connecting', connectSeq: 0, isBackingOff: true })
    expect(events.splice(0)).toEqual([{ kind: 'fault', error: ERROR, next: 'reconnect', delayMs: 200 }])
    expect(clock.due(200, false)).toBe('retry')
    recovery.retry()
    expect([memory.isBackingOff, events]).toEqual([false, [{ kind: 'dial' }]])
  })
})

describe('a session that was told to wait for its peer, in version 2', () => {
  function waitingParts(): Parts {
    const parts = openParts('losslessPeer', ADDR_B2)
    const { memory, recovery, events } = parts
    memory.serverCookie = 5n
    memory.queue.push(Note.of(1))
    recovery.fault(ERROR)
    recovery.waitForPeer()
    events.length = 0
    return parts
  }

  test('asks with the next connect seq when nobody came, once', () => {
    const { memory, recovery, events } = waitingParts()
    expect(memory.connectSeq).toBe(4)
    recovery.retry()
    expect([memory.connectSeq, memory.isBackingOff, events]).toEqual([5, false, [{ kind: 'dial' }]])
    recovery.fault(ERROR)
    recovery.retry()
    expect(memory.connectSeq).toBe(5)
  })

  test('does not when the wait was cut short', () => {
    const { memory, recovery } = waitingParts()
    recovery.fault(ERROR)
    recovery.retry()
    expect(memory.connectSeq).toBe(4)
  })

  test('still has none when it was never open', () => {
    const { memory, recovery } = waitingParts()
    memory.restart()
    recovery.retry()
    expect(memory.connectSeq).toBe(0)
  })
})

test('a session that was told to wait for its peer, in version 1, asks with the same connect seq', () => {
  const { memory, recovery } = openParts('losslessPeer')
  memory.queue.push(Note.of(1))
  recovery.fault(ERROR)
  recovery.waitForPeer()
  recovery.retry()
  expect(memory.connectSeq).toBe(4)
})

describe('nothing happens to a session', () => {
  test.each(['standby', 'closed'] as const)('that is %s when a transport is lost', (state) => {
    const { memory, recovery, events } = openParts('losslessPeer')
    memory.state = state
    recovery.fault(ERROR)
    expect([memory.state, events]).toEqual([state, []])
  })

  test.each(['open', 'connecting', 'closed', 'accepting'] as const)('that is %s when it is woken', (state) => {
    const { memory, recovery, events } = openParts('losslessPeer')
    memory.state = state
    recovery.wake()
    expect([memory.state, events]).toEqual([state, []])
  })

  test('of a server that stands by when it is woken', () => {
    const { memory, recovery, events } = openParts('statefulServer')
    recovery.fault(ERROR)
    events.length = 0
    recovery.wake()
    expect([memory.state, events]).toEqual(['standby', []])
  })
})

test('a connect seq that was the greatest begins anew', () => {
  const { memory, recovery } = openParts('losslessClient')
  memory.connectSeq = 0xffff_ffff
  recovery.fault(ERROR)
  expect(memory.connectSeq).toBe(0)
})
