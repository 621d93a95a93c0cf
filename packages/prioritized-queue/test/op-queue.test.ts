import { expect, test } from 'vitest'
import { PrioritizedQueue, type OpQueue } from '../src/index.ts'

test('it stands behind the interface of any such queue', () => {
  const queue: OpQueue<string> = new PrioritizedQueue<string>({ maxTokensPerSubqueue: 100, minCost: 1 })
  expect(queue.name).toBe('PrioritizedQueue')
})
