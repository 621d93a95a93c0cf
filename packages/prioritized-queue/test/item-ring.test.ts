import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ItemRing } from '../src/item-ring.ts'

const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.constant('push' as const) },
  { weight: 2, arbitrary: fc.constant('unshift' as const) },
  { weight: 4, arbitrary: fc.constant('shift' as const) },
)

test('it holds what an array would hold, items and costs', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 300 }), (steps) => {
      const ring = new ItemRing<string>()
      const model: { item: string; cost: number }[] = []
      for (const [cost, step] of steps.entries()) {
        const item = `item ${cost}`
        if (step === 'push') {
          ring.push(item, cost)
          model.push({ item, cost })
        } else if (step === 'unshift') {
          ring.unshift(item, cost)
          model.unshift({ item, cost })
        } else if (model.length > 0) {
          expect(ring.costAt(0)).toBe(model[0]?.cost)
          expect(ring.shift()).toBe(model.shift()?.item)
        }
        expect(ring.count).toBe(model.length)
        expect(model.map((_, i) => ({ item: ring.at(i), cost: ring.costAt(i) }))).toEqual(model)
      }
    }),
  )
})

test('its capacity is at most four times what it holds, but for 64, however large it has been', () => {
  const ring = new ItemRing<number>()
  for (let i = 0; i < 10_000; i++) ring.push(i, 0)
  expect(ring.capacity).toBe(16_384)
  for (let left = 9_999; left >= 0; left--) {
    ring.shift()
    expect(ring.capacity).toBeLessThanOrEqual(Math.max(64, 4 * left))
  }
  expect(ring.capacity).toBe(64)
})

// Growing and shrinking at one and the same size would copy everything again and again.
test('one item more and one less do not make it grow and shrink in turn', () => {
  const ring = new ItemRing<number>()
  for (let i = 0; i < 64; i++) ring.push(i, 0)
  ring.push(64, 0)
  for (let i = 0; i < 100; i++) {
    ring.shift()
    expect(ring.capacity).toBe(128)
    ring.push(i, 0)
    expect(ring.capacity).toBe(128)
  }
})

test('a ring stays as it is until less than a quarter is left', () => {
  const ring = new ItemRing<number>()
  for (let i = 0; i < 65; i++) ring.push(i, 0)
  for (let i = 0; i < 33; i++) ring.shift()
  expect([ring.count, ring.capacity]).toEqual([32, 128])
  ring.shift()
  expect([ring.count, ring.capacity]).toEqual([31, 64])
})

test('a ring of a few has room for a few', () => {
  const ring = new ItemRing<number>()
  const capacities = [1, 2, 3, 4, 5].map((item) => {
    ring.push(item, 0)
    return ring.capacity
  })
  expect(capacities).toEqual([2, 2, 4, 4, 8])
})
