import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BITMAP_PRIORITIES, PriorityBitmap } from '../src/priority-bitmap.ts'

test('it is a set of priorities that knows the highest and goes through them in order', () => {
  const anyPriority = fc.oneof(fc.nat(BITMAP_PRIORITIES - 1), fc.constantFrom(0, 31, 32, 63, 64, 224, 255))
  const anyChange = fc.record({ priority: anyPriority, isAdded: fc.boolean() })
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 200 }), (changes) => {
      const bitmap = new PriorityBitmap()
      const model = new Set<number>()
      for (const { priority, isAdded } of changes) {
        if (isAdded) {
          bitmap.add(priority)
          model.add(priority)
        } else {
          bitmap.delete(priority)
          model.delete(priority)
        }
        expect(bitmap.highest()).toBe(Math.max(-1, ...model))
        expect([...bitmap]).toEqual([...model].sort((a, b) => a - b))
      }
    }),
  )
})

test("it has room for Ceph's priorities", () => {
  const bitmap = new PriorityBitmap()
  for (let priority = 0; priority < BITMAP_PRIORITIES; priority++) bitmap.add(priority)
  expect([BITMAP_PRIORITIES, [...bitmap].length, bitmap.highest()]).toEqual([256, 256, 255])
})
