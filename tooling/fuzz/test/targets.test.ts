import { describe, expect, test } from 'vitest'
import { keptInputs } from '../src/corpus.ts'
import { judge } from '../src/judge.ts'
import { Lane } from '../src/lane.ts'
import { seedFor } from '../src/random.ts'
import { findTarget, targets } from '../src/targets/all.ts'

/** Few enough for seconds; the long runs are those of `npm run fuzz`. */
const INPUTS = 3000

describe.each(targets)('$name', (target) => {
  const kept = keptInputs(target.name)

  test.each(kept)('$file breaks nothing', ({ bytes }) => {
    expect(judge(target, bytes, 20)).toMatchObject({ kind: 'fine' })
  })

  test('an input leads the same way each time', () => {
    for (const bytes of target.seeds().slice(0, 20)) {
      const before = bytes.slice()
      expect(target.run(bytes)).toBe(target.run(bytes))
      expect(bytes).toEqual(before)
    }
  })

  test(`the first ${INPUTS} inputs of a seed break nothing, and lead many ways`, () => {
    const inputs = kept.map(({ bytes }) => bytes)
    const lane = new Lane(target, inputs, seedFor(20_261_122, target.name))
    const failure = lane.run(INPUTS)
    const shown = failure && { hex: Buffer.from(failure.bytes).toString('hex'), error: failure.error }
    expect(shown).toBeUndefined()
    expect(lane.figures.signatures).toBeGreaterThan(20)
  })
})

test('targets are found by name', () => {
  for (const target of targets) expect(findTarget(target.name)).toBe(target)
  expect(() => findTarget('nothing')).toThrow('expected one of accept-handshake, ')
})
