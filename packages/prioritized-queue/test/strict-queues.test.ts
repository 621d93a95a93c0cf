import { expect, test } from 'vitest'
import { StrictQueues } from '../src/strict-queues.ts'

function drain(queues: StrictQueues<string, number>): string[] {
  const items: string[] = []
  while (!queues.isEmpty) items.push(queues.shift())
  return items
}

test('the highest priority goes first, also one that comes later', () => {
  const queues = new StrictQueues<string, number>(undefined)
  for (const priority of [64, 2 ** 32 - 1, 0, 255, 300]) queues.push(1, priority, `${priority}`)
  expect(Array.from(queues, (queue) => queue.key)).toEqual([0, 64, 255, 300, 2 ** 32 - 1])
  expect(queues.shift()).toBe('4294967295')
  queues.push(1, 400, '400')
  expect(drain(queues)).toEqual(['400', '300', '255', '64', '0'])
})

test('unshift puts an item ahead of its own key only', () => {
  const queues = new StrictQueues<string, number>(undefined)
  queues.unshift(1, 64, 'a2')
  queues.push(2, 64, 'b1')
  queues.unshift(1, 64, 'a1')
  expect(drain(queues)).toEqual(['a1', 'b1', 'a2'])
})

test('removal visits the priorities in ascending order, and forgets those that it empties', () => {
  const queues = new StrictQueues<string, number>(undefined)
  for (const priority of [300, 64, 127]) for (const key of [1, 2]) queues.push(key, priority, `${priority}.${key}`)
  queues.push(1, 500, 'only')
  const removed: string[] = []
  queues.removeFromEach((queue) => queue.removeClass(1, removed))
  expect(removed).toEqual(['64.1', '127.1', '300.1', 'only'])
  expect(Array.from(queues, (queue) => queue.key)).toEqual([64, 127, 300])
  expect(drain(queues)).toEqual(['300.2', '127.2', '64.2'])
})

// The one that ran empty last stays in the list for a while; nobody may see it.
test('a priority that has run empty is neither served nor seen, whatever comes after it', () => {
  const queues = new StrictQueues<string, number>(undefined)
  queues.push(1, 300, 'a')
  expect([queues.shift(), queues.isEmpty, [...queues].length]).toEqual(['a', true, 0])
  queues.push(1, 200, 'below')
  expect(Array.from(queues, (queue) => queue.key)).toEqual([200])
  expect(queues.shift()).toBe('below')
  queues.push(1, 200, 'b')
  queues.push(1, 300, 'a')
  queues.push(1, 250, 'between')
  expect(drain(queues)).toEqual(['a', 'between', 'b'])
  queues.push(1, 200, 'again')
  expect(drain(queues)).toEqual(['again'])
})
