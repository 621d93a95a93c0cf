import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BufferList } from '../src/index.ts'
import { arbitraryCuts, rechunk } from './rechunk.ts'

describe('indexOf', () => {
  test('finds what Buffer finds, however the bytes are cut', () => {
    // Few different bytes, so that beginnings repeat.
    const letters = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ max: 2, maxLength: max })
    fc.assert(
      fc.property(
        letters(60),
        letters(6),
        fc.integer({ min: -70, max: 70 }),
        arbitraryCuts,
        (bytes, needle, from, cuts) => {
          expect(rechunk(bytes, cuts).indexOf(needle, from)).toBe(Buffer.from(bytes).indexOf(needle, from))
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('takes a byte or text', () => {
    const list = new BufferList().append('abc').append('défg')
    expect(list.indexOf(0x64)).toBe(3)
    expect(list.indexOf('déf')).toBe(3)
    expect(list.indexOf('cd')).toBe(2)
    expect(list.indexOf('abd')).toBe(-1)
    expect(list.indexOf('')).toBe(0)
    expect(list.indexOf('', 100)).toBe(8)
    expect(new BufferList().indexOf('a')).toBe(-1)
  })

  test('starts again with what the end of a failed match begins', () => {
    expect(new BufferList().append('aaa').append('aab').indexOf('aab')).toBe(3)
    expect(new BufferList().append('abab').append('abac').indexOf('ababac')).toBe(2)
  })
})
