import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_INPUT_LENGTH, mutate } from '../src/mutate.ts'
import { Random } from '../src/random.ts'

test('what is mutated stays as it is, and the outcome follows from the seed and is never too long', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }),
      (seed, bytes, other) => {
        const before = [bytes.slice(), other.slice()]
        const mutant = mutate(new Random(seed), bytes, other)
        expect(mutate(new Random(seed), bytes, other)).toEqual(mutant)
        expect([bytes, other]).toEqual(before)
        expect(mutant.length).toBeLessThanOrEqual(MAX_INPUT_LENGTH)
      },
    ),
  )
})

test('an input as long as it may be does not grow', () => {
  const random = new Random(4)
  const longest = new Uint8Array(MAX_INPUT_LENGTH)
  for (let i = 0; i < 200; i++) expect(mutate(random, longest, longest).length).toBeLessThanOrEqual(MAX_INPUT_LENGTH)
})

test('among a few thousand mutants there are shorter and longer ones, spliced ones, and lengths that lie', () => {
  const random = new Random(5)
  // A length of 8, so many bytes, and 40 zeros.
  const bytes = Uint8Array.from([8, 0, 0, 0, ...new Uint8Array(8).fill(1), ...new Uint8Array(40)])
  const other = new Uint8Array(20).fill(0xab)
  const mutants = Array.from({ length: 4000 }, () => mutate(random, bytes, other))
  const lengths = mutants.map((mutant) => Buffer.from(mutant).toString('hex', 0, 4))
  expect(mutants.some(({ length }) => length < bytes.length)).toBe(true)
  expect(mutants.some(({ length }) => length > bytes.length)).toBe(true)
  expect(mutants.some((mutant) => mutant.includes(0xab))).toBe(true)
  for (const lie of ['09000000', '07000000', '10000000', 'ffffffff', 'f7ffffff']) expect(lengths).toContain(lie)
})
