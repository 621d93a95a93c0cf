import { MPing, Priority } from '@msgr/message'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DispatchQueue, type DispatchQueueOptions } from '../src/dispatch-queue.ts'
import { DispatcherChain } from '../src/dispatcher-chain.ts'
import type { Dispatcher } from '../src/dispatcher.ts'
import { connectionNamed } from './fake-connection.ts'

interface Bench {
  readonly queue: DispatchQueue
  /** What was dispatched, told or done, in order. */
  readonly log: string[]
  /** Runs what was scheduled for the end of the turn, and, with `yielded`, what was put off for later turns. */
  readonly runScheduled: () => void
  readonly yielded: (() => void)[]
  now: number
}

function makeBench(dispatcher: Partial<Dispatcher> = {}, options: Partial<DispatchQueueOptions> = {}): Bench {
  const log: string[] = []
  const scheduled: (() => void)[] = []
  const yielded: (() => void)[] = []
  const chain = new DispatcherChain(({ error }) => log.push(`failure ${String(error)}`))
  chain.addDispatcherTail({
    msDispatch: ({ tid }) => {
      log.push(`dispatch ${tid}`)
      return true
    },
    msHandleConnect: ({ id }) => void log.push(`connect ${id}`),
    msHandleAccept: ({ id }) => void log.push(`accept ${id}`),
    msHandleRemoteReset: ({ id }) => void log.push(`remoteReset ${id}`),
    msHandleReset: ({ id }) => {
      log.push(`reset ${id}`)
      return false
    },
    msHandleRefused: ({ id }) => {
      log.push(`refused ${id}`)
      return false
    },
    ...dispatcher,
  })
  const bench: Bench = {
    queue: new DispatchQueue(chain, {
      maxTokensPerPriority: 16_777_216,
      minCost: 65_536,
      now: () => bench.now,
      onDone: ({ tid }) => log.push(`done ${tid}`),
      onUnhandled: ({ tid }) => log.push(`unhandled ${tid}`),
      schedule: (run) => scheduled.push(run),
      yieldTurn: (run) => yielded.push(run),
      ...options,
    }),
    log,
    runScheduled: () => {
      for (const run of scheduled.splice(0)) run()
    },
    yielded,
    now: 100,
  }
  return bench
}

function numbered(tid: number, priority: number = Priority.default): MPing {
  const message = new MPing()
  message.tid = BigInt(tid)
  message.priority = priority
  return message
}

const dispatched = (log: readonly string[]): number[] =>
  log.filter((line) => line.startsWith('dispatch ')).map((line) => Number(line.slice(9)))

test('what comes in one turn is dispatched at its end, by priority and then in order', () => {
  const { queue, log, runScheduled } = makeBench()
  queue.enqueue(numbered(1), Priority.default, 1)
  queue.enqueue(numbered(2), Priority.highest, 1)
  queue.enqueue(numbered(3), Priority.low, 1)
  queue.enqueue(numbered(4), Priority.default, 1)
  expect(log).toEqual([])
  expect(queue.length).toBe(4)
  runScheduled()
  expect(dispatched(log)).toEqual([2, 1, 4, 3])
  expect(queue.length).toBe(0)
})

test('within a priority connections take turns', () => {
  const { queue, log, runScheduled } = makeBench()
  for (const tid of [1, 2, 3]) queue.enqueue(numbered(tid), Priority.default, 1)
  for (const tid of [11, 12]) queue.enqueue(numbered(tid), Priority.default, 2)
  runScheduled()
  expect(dispatched(log)).toEqual([1, 11, 2, 12, 3])
})

test('below the low priority, messages share by cost, and those above come first', () => {
  const { queue, log, runScheduled } = makeBench({}, { minCost: 1, maxTokensPerPriority: 100 })
  const big = numbered(1, 10)
  big.data.append(new Uint8Array(90))
  queue.enqueue(big, 10, 1)
  for (const tid of [2, 3]) queue.enqueue(numbered(tid, 5), 5, 1)
  queue.enqueue(numbered(4), Priority.low, 1)
  runScheduled()
  // Only the first dequeue lacks tokens and takes the highest priority; what the cheap ones got then lets them go.
  expect(dispatched(log)).toEqual([4, 1, 2, 3])
})

test('events come before all messages, in their order', () => {
  const { queue, log, runScheduled } = makeBench()
  queue.enqueue(numbered(1), Priority.high, 1)
  for (const event of ['connect', 'accept', 'remoteReset', 'reset', 'refused'] as const) {
    queue.queueEvent(event, connectionNamed(7))
  }
  runScheduled()
  expect(log).toEqual(['connect 7', 'accept 7', 'remoteReset 7', 'reset 7', 'refused 7', 'dispatch 1', 'done 1'])
})

test('the next message waits until the promise of the last has settled, and so does its throttle', async () => {
  const releases: (() => void)[] = []
  const log: string[] = []
  const {
    queue,
    runScheduled,
    log: done,
  } = makeBench({
    msDispatch: ({ tid }) => {
      log.push(`begin ${tid}`)
      return new Promise<boolean>((resolve) => releases.push(() => resolve(tid !== 1n)))
    },
  })
  queue.enqueue(numbered(1), Priority.default, 1)
  queue.enqueue(numbered(2), Priority.default, 1)
  runScheduled()
  expect(log).toEqual(['begin 1'])
  expect(done).toEqual([])
  releases.shift()?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect(log).toEqual(['begin 1', 'begin 2'])
  expect(done).toEqual(['unhandled 1', 'done 1'])
  const ended = queue.wait()
  releases.shift()?.()
  await ended
  expect(done.at(-1)).toBe('done 2')
})

test('a message that can be dispatched fast is, without being queued', () => {
  const { queue, log, runScheduled } = makeBench({
    msCanFastDispatch: ({ tid }) => tid === 1n,
    msFastDispatch: ({ tid }) => void log.push(`fast ${tid}`),
    msFastPreprocess: ({ tid }) => void log.push(`seen ${tid}`),
  })
  queue.deliver(numbered(1), 1)
  queue.deliver(numbered(2), 1)
  expect(log).toEqual(['seen 1', 'fast 1', 'done 1', 'seen 2'])
  runScheduled()
  expect(log.slice(4)).toEqual(['dispatch 2', 'done 2'])
})

test('a message to oneself is delivered after the turn in which it was sent', () => {
  const { queue, log, runScheduled } = makeBench()
  queue.deliverLocal(numbered(1))
  expect(log).toEqual([])
  expect(queue.length).toBe(1)
  runScheduled()
  expect(dispatched(log)).toEqual([1])
})

test('the messages of one connection can be dropped; they count as done', () => {
  const { queue, log, runScheduled } = makeBench()
  queue.enqueue(numbered(1), Priority.default, 1)
  queue.enqueue(numbered(2), 10, 1)
  queue.enqueue(numbered(3), Priority.default, 2)
  queue.queueEvent('reset', connectionNamed(1))
  queue.discard(1)
  expect(log).toEqual(['done 1', 'done 2'])
  runScheduled()
  expect(log.slice(2)).toEqual(['reset 1', 'dispatch 3', 'done 3'])
})

test('the age is that of the oldest message that waits, whichever leaves first', () => {
  const bench = makeBench()
  const { queue, runScheduled } = bench
  expect(queue.getMaxAge(500)).toBe(0)
  for (const [tid, receivedMs, id] of [
    [1, 100, 1],
    [2, 200, 2],
    [3, 300, 1],
  ] as const) {
    const message = numbered(tid)
    message.recvStampMs = receivedMs
    queue.enqueue(message, Priority.default, id)
  }
  expect(queue.getMaxAge(500)).toBe(400)
  queue.discard(1)
  expect(queue.getMaxAge(500)).toBe(300)
  runScheduled()
  expect(queue.getMaxAge(500)).toBe(0)
})

test('a flood is dispatched in parts, so that others have their turn', () => {
  const { queue, log, runScheduled, yielded } = makeBench()
  for (let tid = 0; tid < 1200; tid++) queue.enqueue(numbered(tid), Priority.default, 1)
  runScheduled()
  const first = dispatched(log).length
  expect(first).toBeLessThan(1200)
  expect(yielded).toHaveLength(1)
  while (yielded.length > 0) yielded.shift()?.()
  expect(dispatched(log)).toEqual(Array.from({ length: 1200 }, (_, i) => i))
})

test('after shutdown messages are dropped and counted as done, events that wait are told, and none is taken', async () => {
  const { queue, log, runScheduled } = makeBench()
  queue.enqueue(numbered(1), Priority.default, 1)
  queue.queueEvent('reset', connectionNamed(1))
  queue.deliverLocal(numbered(9))
  queue.shutdown()
  queue.enqueue(numbered(2), Priority.default, 1)
  queue.queueEvent('reset', connectionNamed(2))
  const ended = queue.wait()
  runScheduled()
  await ended
  expect(log).toEqual(['done 9', 'done 2', 'reset 1', 'done 1'])
})

test('ids grow, and none is that of the events', () => {
  const { queue } = makeBench()
  expect([queue.getId(), queue.getId()]).toEqual([1, 2])
})

test('whatever comes, each message is done once, and each connection keeps its order within a priority', () => {
  const arrivals = fc.array(
    fc.record({ id: fc.integer({ min: 1, max: 4 }), priority: fc.integer({ min: 0, max: 255 }) }),
  )
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 0, max: 5 }), (messages, discardedId) => {
      const { queue, log, runScheduled } = makeBench()
      for (const [tid, { id, priority }] of messages.entries()) queue.enqueue(numbered(tid, priority), priority, id)
      queue.discard(discardedId)
      runScheduled()
      const done = log.filter((line) => line.startsWith('done ')).map((line) => Number(line.slice(5)))
      expect(done.sort((a, b) => a - b)).toEqual(messages.map((_, i) => i))
      for (const { id, priority } of messages) {
        const own = dispatched(log).filter((tid) => messages[tid]?.id === id && messages[tid].priority === priority)
        expect(own).toEqual([...own].sort((a, b) => a - b))
      }
    }),
  )
})
