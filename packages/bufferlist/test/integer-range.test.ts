import { expect, test } from 'vitest'
import { checkUInt16, checkUInt32, checkUInt8 } from '../src/integer-range.ts'

test.each([
  ['8', checkUInt8, 0xff],
  ['16', checkUInt16, 0xffff],
  ['32', checkUInt32, 0xffffffff],
] as const)('an unsigned integer of %s bits is whole, not negative and not too large', (bits, check, max) => {
  for (const value of [0, 1, max]) check(value)
  for (const value of [-1, max + 1, 0.5, Number.NaN, Infinity]) {
    expect(() => {
      check(value)
    }).toThrow(new RangeError(`expected an unsigned ${bits}-bit integer, got ${value}`))
  }
})
