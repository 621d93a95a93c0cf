import { describe, expect, test } from 'vitest'
import { EventQueue } from '../src/event-queue.ts'
import { ProtocolError, type SessionEvent } from '../src/index.ts'
import { ADDR_B } from './network/pair.ts'

const ERROR = new Error('broken')
const NONE = new Uint8Array(0)

const BOUND: SessionEvent[] = [
  { kind: 'dial' },
  { kind: 'closeTransport', error: undefined },
  { kind: 'identified', peerAddr: ADDR_B, seenAddr: undefined },
  { kind: 'authorizerNeeded', challenge: undefined },
  {
    kind: 'authorizerReceived',
    shown: { peerType: 4, authorizer: { protocol: 0, bytes: NONE }, features: undefined, mode: 1, isMore: false },
  },
  {
    kind: 'authorizerRefused',
    refusal: { method: 2, result: -13, allowedMethods: [] },
    error: new ProtocolError('ERR_MSGR_REFUSED', 'refused'),
  },
  { kind: 'authorizerAnswered', answer: { reply: NONE, globalId: 0n, mode: 1 } },
  { kind: 'messageArriving' },
  { kind: 'messageDropped' },
]

const LASTING: SessionEvent[] = [
  { kind: 'connected' },
  { kind: 'accepted' },
  { kind: 'remoteReset' },
  { kind: 'fault', error: ERROR, next: 'standby', delayMs: 0 },
  { kind: 'closed', error: ERROR },
]

function queueOf(...events: SessionEvent[]): EventQueue {
  const queue = new EventQueue()
  events.forEach(queue.emit)
  return queue
}

function drain(queue: EventQueue): SessionEvent[] {
  const events: SessionEvent[] = []
  for (let event = queue.next(); event !== undefined; event = queue.next()) events.push(event)
  return events
}

describe('EventQueue', () => {
  test('gives events in the order in which they were emitted', () => {
    expect(drain(queueOf(...LASTING, ...BOUND))).toEqual([...LASTING, ...BOUND])
  })

  test('takes back what speaks of a transport that is gone, and keeps the rest in order', () => {
    const queue = queueOf(LASTING[0]!, ...BOUND, ...LASTING.slice(1))
    queue.transportGone()
    expect(drain(queue)).toEqual(LASTING)
  })

  test('takes back events of a kind, and tells whether there were any', () => {
    const queue = queueOf(...BOUND)
    expect([queue.takeBack('dial'), queue.takeBack('dial')]).toEqual([true, false])
    expect(drain(queue)).toEqual(BOUND.slice(1))
  })

  test('forgets all when it is cleared', () => {
    const queue = queueOf(...LASTING)
    queue.clear()
    expect(queue.next()).toBeUndefined()
  })
})
