import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { PrioritizedQueue } from '../src/index.ts'

interface Item {
  n: number
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Fills the queue, takes everything out in the given way, and keeps nothing but weak references. */
function fillAndEmpty(queue: PrioritizedQueue<Item>, empty: () => void): WeakRef<Item>[] {
  const refs: WeakRef<Item>[] = []
  for (let n = 0; n < 100; n++) {
    const item = { n }
    refs.push(new WeakRef(item))
    if (n % 2 === 0) queue.enqueueStrict(n % 7, n % 3, item)
    else queue.enqueue(n % 7, n % 3, n, item)
  }
  empty()
  return refs
}

test.each([
  ['dequeue', (queue: PrioritizedQueue<Item>): void => void queue.dequeue()],
  [
    'removeByClass',
    (queue: PrioritizedQueue<Item>): void => void [0, 1, 2, 3, 4, 5, 6].map((key) => queue.removeByClass(key)),
  ],
  ['removeByFilter', (queue: PrioritizedQueue<Item>): void => void queue.removeByFilter(() => true)],
])('the queue keeps no item that %s has taken', async (_, take) => {
  const queue = new PrioritizedQueue<Item>({ maxTokensPerSubqueue: 1000, minCost: 1 })
  const refs = fillAndEmpty(queue, () => {
    while (!queue.isEmpty) take(queue)
  })
  // A weak reference holds its target until the current job has ended.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(0)
  expect(queue.isEmpty).toBe(true)
})

test('an emptied queue keeps none of the keys of a burst', async () => {
  interface Key {
    id: number
  }
  const compareKeys = (a: Key, b: Key): number => a.id - b.id
  const queue = new PrioritizedQueue<number, Key>({ maxTokensPerSubqueue: 1000, minCost: 1, compareKeys })
  const burst = (): WeakRef<Key>[] => {
    const refs = Array.from({ length: 1000 }, (_, id) => {
      const key = { id }
      queue.enqueueStrict(key, 64, id)
      return new WeakRef(key)
    })
    while (!queue.isEmpty) queue.dequeue()
    return refs
  }
  const refs = burst()
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(refs.filter((ref) => ref.deref() !== undefined)).toHaveLength(0)
})
