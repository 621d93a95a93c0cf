import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { allocatedBy, measureAllocation } from '../src/allocation-meter.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Memory that nobody keeps for long. */
const held: { thing: unknown } = { thing: undefined }

const KINDS: readonly [what: string, take: () => unknown][] = [
  ['array buffers', () => new Uint8Array(1_000_000)],
  ['the heap', () => new Array<number>(125_000).fill(0)],
]

test.each(KINDS)('what is taken of %s is measured to a few kilobytes', (_, take) => {
  const allocated = measureAllocation(() => {
    held.thing = take()
  })
  held.thing = undefined
  expect(allocated).toBeGreaterThanOrEqual(1_000_000)
  expect(allocated).toBeLessThan(1_020_000)
})

test.each(KINDS)('a collection in the middle takes nothing of it away: %s', (_, take) => {
  for (const count of [1, 7]) {
    const allocated = measureAllocation(() => {
      for (let i = 0; i < count; i++) {
        held.thing = take()
        held.thing = undefined
        collect()
      }
    })
    expect(allocated).toBeGreaterThanOrEqual(count * 1_000_000)
    expect(allocated).toBeLessThan(count * 1_020_000)
  }
})

test('what was garbage before is not counted', () => {
  const allocated = measureAllocation(() => {
    collect()
  })
  expect(Math.abs(allocated)).toBeLessThan(20_000)
})

test('what the measured thing throws comes out, and the next one is measured as ever', () => {
  const error = new Error('no')
  expect(() =>
    allocatedBy(() => {
      throw error
    }),
  ).toThrow(error)
  const allocated = measureAllocation(() => {
    held.thing = new Uint8Array(1_000_000)
  })
  held.thing = undefined
  expect(allocated).toBeGreaterThanOrEqual(1_000_000)
})
