import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClassQueue } from '../src/class-queue.ts'

interface Entry {
  item: number
  cost: number
}

function contents(queue: ClassQueue<number, string>): number[] {
  return Array.from({ length: queue.size }, (_, i) => queue.at(i))
}

function filled(count: number): ClassQueue<number, string> {
  const queue = new ClassQueue<number, string>('key')
  for (let i = 0; i < count; i++) queue.push(i, 10 * i)
  return queue
}

describe('ClassQueue', () => {
  test('it is an array with push, unshift and shift that knows the cost at its front', () => {
    const anyStep = fc.constantFrom('push', 'push', 'unshift', 'shift', 'shift')
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 100 }), (steps) => {
        const queue = new ClassQueue<number, string>('key')
        const model: Entry[] = []
        for (const [item, step] of steps.entries()) {
          const entry = { item, cost: 1000 - item }
          if (step === 'push') {
            queue.push(entry.item, entry.cost)
            model.push(entry)
          } else if (step === 'unshift') {
            queue.unshift(entry.item, entry.cost)
            model.unshift(entry)
          } else if (model.length > 0) {
            expect(queue.shift()).toBe(model.shift()?.item)
          }
          expect(contents(queue)).toEqual(model.map((each) => each.item))
          if (model.length > 0) expect(queue.frontCost).toBe(model[0]?.cost)
        }
      }),
    )
  })

  test('filter moves items from the last to the first, and keeps order and costs of the others', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.func(fc.boolean()), (count, test) => {
        const queue = filled(count)
        const all = contents(queue)
        const asked: number[] = []
        const removed: number[] = []
        queue.filter((item) => asked.push(item) > 0 && test(item), removed)
        expect(asked).toEqual(all.toReversed())
        expect(removed).toEqual(all.filter((item) => test(item)).reverse())
        for (const item of all.filter((each) => !test(each))) {
          expect(queue.frontCost).toBe(10 * item)
          expect(queue.shift()).toBe(item)
        }
        expect(queue.size).toBe(0)
      }),
    )
  })

  test('clear leaves nothing, and the queue can be used again', () => {
    const queue = filled(9)
    queue.clear()
    expect(contents(queue)).toEqual([])
    queue.push(1, 2)
    queue.push(3, 4)
    expect([queue.frontCost, contents(queue)]).toEqual([2, [1, 3]])
  })
})
