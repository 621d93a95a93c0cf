import { expect, test } from 'vitest'
import { SubQueueStore } from '../src/sub-queue-store.ts'

test("a sub-queue of one of Ceph's priorities is made once", () => {
  const store = new SubQueueStore<string, number>(undefined)
  const queue = store.get(255)
  expect(queue.key).toBe(255)
  store.add(queue)
  store.delete(queue)
  expect(store.get(255)).toBe(queue)
  expect(store.get(254)).not.toBe(queue)
})

test('one of a priority beyond them is held while it is in use', () => {
  const store = new SubQueueStore<string, number>(undefined)
  const queue = store.get(256)
  expect(store.get(256)).not.toBe(queue)
  store.add(queue)
  expect(store.get(256)).toBe(queue)
  store.delete(queue)
  expect(store.get(256)).not.toBe(queue)
})
