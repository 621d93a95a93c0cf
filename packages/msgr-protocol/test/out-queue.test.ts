import { BufferList } from '@msgr/bufferlist'
import { MPing } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OutQueue } from '../src/index.ts'
import { MESSAGE_OVERHEAD_BYTES } from '../src/out-queue.ts'

interface Entry {
  readonly message: MPing
  seq: number
}

/** The same, told as simply as can be: Ceph's way, with lists and a counter that is turned back. */
class NaiveQueue {
  unsent: MPing[] = []
  sent: Entry[] = []
  again: Entry[] = []
  outSeq = 0

  take(keep: boolean): Entry | undefined {
    if (!keep) this.sent = []
    let entry = this.again.shift()
    if (entry === undefined) {
      const highest = Math.max(...this.unsent.map((message) => message.priority))
      const at = this.unsent.findIndex((message) => message.priority === highest)
      if (at < 0) return undefined
      entry = { message: this.unsent.splice(at, 1)[0]!, seq: ++this.outSeq }
    }
    if (keep) this.sent.push(entry)
    return entry
  }

  acknowledge(seq: number): void {
    this.sent = this.sent.filter((entry) => entry.seq > seq)
    this.again = this.again.filter((entry) => entry.seq > seq)
  }

  requeueSent(): void {
    this.again = [...this.sent, ...this.again]
    this.sent = []
  }

  /** Every message that has not been forgotten. */
  get all(): MPing[] {
    return [...this.unsent, ...[...this.sent, ...this.again].map(({ message }) => message)]
  }

  restartNumbers(): void {
    this.requeueSent()
    this.again = this.again.map(({ message }, i) => ({ message, seq: i + 1 }))
    this.outSeq = this.again.length
  }

  reset(outSeq: number): void {
    this.unsent = []
    this.sent = []
    this.again = []
    this.outSeq = outSeq
  }
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      priority: fc.constantFrom(0, 63, 127, 196),
      dataLength: fc.nat(9),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), behind: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('requeueSent' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), outSeq: fc.nat(100) }) },
)

function messageOf(priority: number, dataLength = 0): MPing {
  const message = new MPing()
  message.priority = priority
  message.data = new BufferList(new Uint8Array(dataLength))
  return message
}

/** Encodes what was taken, as the session does: its front was empty before. */
function encodeTaken(queue: OutQueue, message: MPing): void {
  message.front = new BufferList(new Uint8Array(100))
  queue.reweighTaken(message)
}

function bytesOf(messages: readonly MPing[]): number {
  return messages.reduce((sum, it) => sum + MESSAGE_OVERHEAD_BYTES + it.frontLength + it.dataLength, 0)
}

describe('an OutQueue does what lists would do, however it is used', () => {
  test.each([
    ['keeping what is sent', true],
    ['forgetting what is sent', false],
  ])('%s', (_, keep) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const queue = new OutQueue()
        const model = new NaiveQueue()
        const seen: [actual: number, expected: number][] = []
        for (const it of steps) {
          if (it.kind === 'push') {
            const message = messageOf(it.priority, it.dataLength)
            queue.push(message)
            model.unsent.push(message)
          } else if (it.kind === 'take') {
            const expected = model.take(keep)
            const message = queue.take(keep)
            expect(message === expected?.message).toBe(true)
            if (expected !== undefined) {
              seen.push([queue.takenSeq, expected.seq])
              encodeTaken(queue, expected.message)
            }
          } else if (it.kind === 'acknowledge') {
            const seq = model.outSeq - it.behind
            queue.acknowledge(seq)
            model.acknowledge(seq)
          } else if (it.kind === 'requeueSent') {
            queue.requeueSent()
            model.requeueSent()
          } else if (it.kind === 'restart') {
            queue.requeueSent()
            queue.restartNumbers()
            model.restartNumbers()
          } else {
            queue.reset(it.outSeq)
            model.reset(it.outSeq)
          }
          seen.push([queue.outSeq, model.outSeq], [queue.sentCount, model.sent.length])
          seen.push([queue.length, model.unsent.length + model.again.length])
          seen.push([queue.byteLength, bytesOf(model.all)])
        }
        expect(seen.filter(([actual, expected]) => actual !== expected)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

function queueOf(count: number): { queue: OutQueue; messages: MPing[] } {
  const queue = new OutQueue()
  const messages = Array.from({ length: count }, () => messageOf(127))
  for (const message of messages) queue.push(message)
  return { queue, messages }
}

function takeAll(queue: OutQueue, keep = true): number[] {
  const seqs: number[] = []
  while (queue.take(keep) !== undefined) seqs.push(queue.takenSeq)
  return seqs
}

describe('OutQueue', () => {
  test('a message weighs what it weighed here, even if it has been encoded elsewhere since', () => {
    const queue = new OutQueue()
    const message = messageOf(127)
    queue.push(message)
    message.front = new BufferList(new Uint8Array(100))
    queue.take(false)
    expect(queue.byteLength).toBe(0)
  })

  test('what was sent goes out again before anything new, even of a higher priority, and keeps its number', () => {
    const { queue, messages } = queueOf(3)
    takeAll(queue)
    queue.acknowledge(1)
    queue.requeueSent()
    const urgent = messageOf(255)
    queue.push(urgent)
    expect([queue.take(true), queue.take(true), queue.take(true)]).toEqual([messages[1], messages[2], urgent])
    expect(queue.outSeq).toBe(4)
  })

  test('a second fault in the middle of sending again starts over', () => {
    const { queue } = queueOf(4)
    takeAll(queue)
    queue.requeueSent()
    queue.take(true)
    queue.requeueSent()
    expect(takeAll(queue)).toEqual([1, 2, 3, 4])
  })

  test('acknowledge tells how many messages it let go', () => {
    const { queue } = queueOf(5)
    takeAll(queue)
    expect([queue.acknowledge(0), queue.acknowledge(3), queue.acknowledge(3), queue.acknowledge(99)]).toEqual([
      0, 3, 0, 2,
    ])
  })

  test('what a peer says it has at the start of a transport is not sent again', () => {
    const { queue } = queueOf(5)
    takeAll(queue)
    queue.requeueSent()
    expect(queue.discardRequeuedUpTo(3)).toBe(3)
    expect(takeAll(queue)).toEqual([4, 5])
  })

  test('numbers go on behind what the peer says it has, if that was never numbered here', () => {
    const { queue } = queueOf(2)
    queue.discardRequeuedUpTo(40)
    expect(takeAll(queue)).toEqual([41, 42])
  })

  test('an ack of more than was ever sent leaves the numbers as they are', () => {
    const { queue } = queueOf(2)
    queue.acknowledge(40)
    expect(takeAll(queue)).toEqual([1, 2])
  })

  test('without keeping, what was kept before is sent again once, under its number, and then forgotten', () => {
    const { queue } = queueOf(2)
    takeAll(queue)
    queue.requeueSent()
    queue.push(messageOf(127))
    expect(takeAll(queue, false)).toEqual([1, 2, 3])
    expect([queue.sentCount, queue.length, queue.acknowledge(3)]).toEqual([0, 0, 0])
  })

  test('a message that cannot be written is forgotten, and the next one gets its number', () => {
    for (const keep of [true, false]) {
      const { queue, messages } = queueOf(3)
      queue.take(keep)
      expect(queue.take(keep)).toBe(messages[1])
      queue.giveUpTaken()
      expect([queue.take(keep), queue.takenSeq]).toEqual([messages[2], 2])
    }
  })

  test('a message that the peer knows the number of and that cannot be written again stays', () => {
    const { queue, messages } = queueOf(2)
    takeAll(queue)
    queue.requeueSent()
    queue.take(true)
    queue.take(true)
    queue.giveUpTaken()
    expect([queue.take(true), queue.takenSeq]).toEqual([messages[1], 2])
    expect([queue.sentCount, queue.outSeq]).toEqual([2, 2])
  })

  test('what is to be sent again gets new numbers from 1 on, if the peer begins to count there', () => {
    const { queue, messages } = queueOf(4)
    takeAll(queue)
    queue.acknowledge(2)
    queue.requeueSent()
    queue.restartNumbers()
    expect([queue.take(true), queue.takenSeq]).toEqual([messages[2], 1])
    queue.push(messageOf(127))
    expect(takeAll(queue)).toEqual([2, 3])
    expect([queue.acknowledge(2), queue.sentCount]).toEqual([2, 1])
  })

  test('new messages begin at 1 as well, if nothing is to be sent again', () => {
    const { queue } = queueOf(3)
    takeAll(queue)
    queue.acknowledge(3)
    queue.restartNumbers()
    queue.push(messageOf(127))
    expect(takeAll(queue)).toEqual([1])
  })
})

describe('OutQueue.writesWaiting', () => {
  const ping = (length = 0): MPing => {
    const message = new MPing()
    message.data = new BufferList(new Uint8Array(length))
    return message
  }

  test('eight messages are worth one, until they are taken', () => {
    const queue = new OutQueue()
    for (let i = 0; i < 7; i++) queue.push(ping())
    expect(queue.writesWaiting).toBeLessThan(1)
    queue.push(ping())
    expect(queue.writesWaiting).toBe(1)
    for (let i = 0; i < 8; i++) queue.push(ping())
    expect(queue.writesWaiting).toBe(2)
    for (let i = 0; i < 9; i++) queue.take(true)
    expect(queue.writesWaiting).toBeLessThan(1)
  })

  test('64 KiB are worth one', () => {
    const queue = new OutQueue()
    queue.push(ping(60 * 1024))
    expect(queue.writesWaiting).toBeLessThan(1)
    queue.push(ping(4 * 1024))
    expect(queue.writesWaiting).toBeGreaterThanOrEqual(1)
    expect(queue.writesWaiting).toBeLessThan(1.1)
  })

  test('what is sent again is worth none', () => {
    const queue = new OutQueue()
    for (let i = 0; i < 8; i++) queue.push(ping())
    for (let i = 0; i < 8; i++) queue.take(true)
    queue.requeueSent()
    expect([queue.length, queue.writesWaiting]).toEqual([8, 0])
  })
})
