import { describe, expect, test } from 'vitest'
import { SubQueue } from '../src/sub-queue.ts'

function filled(...items: [key: number, item: string][]): SubQueue<string, number> {
  const queue = new SubQueue<string, number>(64, undefined)
  for (const [key, item] of items) queue.push(key, 10 * key, item)
  return queue
}

function drain(queue: SubQueue<string, number>): string[] {
  const items: string[] = []
  while (queue.size > 0) items.push(queue.shift())
  return items
}

describe('SubQueue', () => {
  test('the first key to come has the first turn; then it goes round in key order', () => {
    const queue = filled([2, 'b1'], [1, 'a1'], [3, 'c1'], [1, 'a2'], [2, 'b2'], [3, 'c2'])
    expect(queue.keyCount).toBe(3)
    expect(drain(queue)).toEqual(['b1', 'c1', 'a1', 'b2', 'c2', 'a2'])
    expect(queue.keyCount).toBe(0)
  })

  test('a key inserted ahead of the cursor is met in this round, one behind it in the next', () => {
    const queue = filled([2, 'b1'], [2, 'b2'], [4, 'd1'])
    expect(queue.shift()).toBe('b1')
    queue.push(1, 0, 'a1')
    queue.push(3, 0, 'c1')
    queue.push(5, 0, 'e1')
    expect(drain(queue)).toEqual(['d1', 'e1', 'a1', 'b2', 'c1'])
  })

  test('an item at the front of its key does not give that key a turn', () => {
    const queue = filled([1, 'a1'], [2, 'b1'])
    queue.unshift(2, 5, 'b0')
    queue.unshift(3, 5, 'c0')
    expect(queue.frontCost).toBe(10)
    expect(drain(queue)).toEqual(['a1', 'b0', 'c0', 'b1'])
  })

  test('the cost at the front is that of the key whose turn it is', () => {
    const queue = filled([1, 'a1'], [2, 'b1'])
    expect(queue.frontCost).toBe(10)
    queue.unshift(1, 77, 'a0')
    expect(queue.frontCost).toBe(77)
    queue.shift()
    expect(queue.frontCost).toBe(20)
  })

  test('when the key whose turn it is goes, the turn is that of the key behind it', () => {
    const queue = filled([1, 'a1'], [2, 'b1'], [3, 'c1'], [1, 'a2'], [2, 'b2'])
    expect(queue.shift()).toBe('a1')
    const removed: string[] = []
    queue.removeClass(2, removed)
    expect(removed).toEqual(['b2', 'b1'])
    expect([queue.size, queue.keyCount]).toEqual([2, 2])
    expect(drain(queue)).toEqual(['c1', 'a2'])
  })

  test('when the last key in order goes and it was its turn, the first key has it', () => {
    const queue = filled([1, 'a1'], [2, 'b1'], [3, 'c1'])
    queue.shift()
    queue.shift()
    queue.push(1, 0, 'a2')
    queue.removeClass(3, [])
    expect(drain(queue)).toEqual(['a2'])
  })

  test('a key that has nothing is not removed', () => {
    const queue = filled([1, 'a1'], [2, 'b1'])
    queue.shift()
    const removed: string[] = []
    queue.removeClass(1, removed)
    queue.removeClass(9, removed)
    expect([removed, queue.size, queue.keyCount]).toEqual([[], 1, 1])
  })

  test('filter goes through the keys in order, passes the turn on, and tells what forEach shows', () => {
    const queue = filled([2, 'b1'], [1, 'a1'], [3, 'c1'], [2, 'b2'], [1, 'a2'], [4, 'd1'])
    const shown: string[] = []
    queue.forEach((item) => shown.push(item))
    expect(shown).toEqual(['a2', 'a1', 'b2', 'b1', 'c1', 'd1'])
    const asked: string[] = []
    const removed: string[] = []
    queue.filter((item) => asked.push(item) > 0 && 'b1 b2 c1 a2'.includes(item), removed)
    expect(asked).toEqual(shown)
    expect(removed).toEqual(['a2', 'b2', 'b1', 'c1'])
    expect([queue.size, queue.keyCount]).toEqual([2, 2])
    expect(drain(queue)).toEqual(['d1', 'a1'])
  })

  test('it can be emptied by a filter and filled again', () => {
    const queue = filled([1, 'a1'], [2, 'b1'])
    queue.filter(() => true, [])
    expect([queue.size, queue.keyCount]).toEqual([0, 0])
    queue.push(2, 0, 'b2')
    queue.push(1, 0, 'a2')
    expect(drain(queue)).toEqual(['b2', 'a2'])
  })
})
