import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Dice, mix } from '../src/dice.ts'

test('the same numbers are mixed to the same u32, others to another', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.nat(), { maxLength: 4 }), (seed, parts) => {
      const mixed = mix(seed, ...parts)
      expect(mixed).toBe(mix(seed, ...parts))
      expect(mixed >>> 0).toBe(mixed)
    }),
  )
  const mixes = [mix(1), mix(1, 0), mix(1, 0, 0), mix(1, 1), mix(2), mix(1, 0, 1), mix(1, 1, 0)]
  expect(new Set(mixes).size).toBe(mixes.length)
})

test('dice of one seed fall the same way', () => {
  const [one, other] = [new Dice(5), new Dice(5)]
  const rolls = Array.from({ length: 100 }, () => one.below(100))
  expect(Array.from({ length: 100 }, () => other.below(100))).toEqual(rolls)
  expect(rolls.every((roll) => Number.isInteger(roll) && roll >= 0 && roll < 100)).toBe(true)
  expect(new Set(rolls).size).toBeGreaterThan(40)
})

test('picks each of a few items sooner or later, and complains if there is none', () => {
  const dice = new Dice(1)
  expect(new Set(Array.from({ length: 50 }, () => dice.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']))
  expect(() => dice.pick([])).toThrow('nothing to pick from')
})
