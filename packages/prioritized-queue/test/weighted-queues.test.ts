import { expect, test } from 'vitest'
import { WeightedQueues } from '../src/weighted-queues.ts'

function state(queues: WeightedQueues<string, number>): string {
  return Array.from(queues, ([queue, tokens]) => `${queue.key}:${tokens}/${queue.size}`).join(' ')
}

test('the lowest priority that can pay is served and pays, or else the highest for nothing', () => {
  const queues = new WeightedQueues<string, number>(100, undefined)
  queues.push(1, 10, 5, 'low')
  queues.push(1, 90, 60, 'high 1')
  queues.push(1, 90, 60, 'high 2')
  expect(queues.shift()).toBe('high 1')
  expect(state(queues)).toBe('10:7/1 90:55/1')
  expect(queues.shift()).toBe('low')
  expect(state(queues)).toBe('90:61/1')
  expect(queues.totalPriority).toBe(90)
})

test('an item put ahead of the next one changes what has to be paid', () => {
  const queues = new WeightedQueues<string, number>(100, undefined)
  for (const item of ['a', 'b']) queues.push(1, 10, 5, `low ${item}`)
  for (const item of ['a', 'b']) queues.push(1, 90, 60, `high ${item}`)
  queues.shift()
  queues.unshift(1, 10, 50, 'dear')
  expect(queues.shift()).toBe('high b')
  queues.unshift(1, 10, 1, 'cheap')
  expect(queues.shift()).toBe('cheap')
})

test('removal visits the priorities in ascending order, and forgets those that it empties', () => {
  const queues = new WeightedQueues<string, number>(100, undefined)
  for (const priority of [1000, 64, 1]) for (const key of [1, 2]) queues.push(key, priority, key, `${priority}.${key}`)
  queues.push(1, 500, 1, 'only')
  const removed: string[] = []
  queues.removeFromEach((queue) => queue.removeClass(1, removed))
  expect(removed).toEqual(['1.1', '64.1', 'only', '1000.1'])
  expect(state(queues)).toBe('1:0/1 64:0/1 1000:0/1')
  expect(queues.totalPriority).toBe(1065)
  // The cost of what is next now: 2. Each priority has to have more than that.
  expect(queues.shift()).toBe('1000.2')
  expect(state(queues)).toBe('1:1/1 64:2/1')
  expect(queues.shift()).toBe('64.2')
})
