import { AsyncMessenger, EntityName, SimpleMessenger } from '@msgr/messenger'
import { expect, test } from 'vitest'
import { checkChoice, createChosen, describeChoice, type MessengerChoice } from '../src/messenger-choice.ts'

const simple: MessengerChoice = { type: 'simple', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' }
const async: MessengerChoice = { ...simple, type: 'async' }

test.each<[Partial<MessengerChoice>, string]>([
  [{ type: 'simple' }, 'simple'],
  [{ type: 'simple', wire: 'v2-secure' }, 'simple, v2-secure'],
  [{}, 'async (epoll)'],
  [{ driver: 'select', workers: 3, wire: 'v2-crc' }, 'async (select, 3 workers), v2-crc'],
  [{ opThreads: 1 }, 'async (epoll, 1 thread)'],
  [{ opThreads: 4, wire: 'v2-secure' }, 'async (epoll, 4 threads), v2-secure'],
])('%j is called %s', (changes, words) => {
  expect(describeChoice({ ...async, ...changes })).toBe(words)
})

test('threads go with the async messenger alone, and take the place of workers', () => {
  expect(() => {
    checkChoice({ ...simple, opThreads: 2 })
  }).toThrow('--op-threads 2 needs --messenger async: the simple messenger has no threads')
  expect(() => {
    checkChoice({ ...async, workers: 2, opThreads: 3 })
  }).toThrow('--op-threads 3 takes the place of --workers: expected one of them')
  for (const choice of [simple, async, { ...async, workers: 2 }, { ...async, opThreads: 24 }]) checkChoice(choice)
})

test('the simple messenger is made without what is for the other one', async () => {
  const messenger = createChosen(EntityName.osd(1), simple, { maxQueuedBytes: 7 })
  expect(messenger).toBeInstanceOf(SimpleMessenger)
  expect(messenger.options.maxQueuedBytes).toBe(7)
  await messenger.shutdown()
})

// The async messenger needs the native part of @msgr/posix.
test.skipIf(process.platform !== 'linux')('workers and threads reach the async messenger (needs Linux)', async () => {
  const made = [{ workers: 3 }, { opThreads: 2 }].map((changes) =>
    createChosen(EntityName.osd(1), { ...async, ...changes }, { maxQueuedBytes: 7 }),
  )
  const asAsync = made.filter((messenger) => messenger instanceof AsyncMessenger)
  expect(asAsync.map(({ workerLoads, options }) => [workerLoads.length, options.opThreads])).toEqual([
    [3, 0],
    [2, 2],
  ])
  expect(made.map(({ options }) => options.maxQueuedBytes)).toEqual([7, 7])
  await Promise.all(made.map((messenger) => messenger.shutdown()))
})
