import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readSeq, writeSeq } from '../../src/wire-v1/read-seq.ts'

function viewOf(value: bigint): DataView {
  const view = new DataView(new ArrayBuffer(16))
  view.setBigUint64(3, value, true)
  return view
}

describe('a sequence number', () => {
  test('is a u64, little endian', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seq) => {
        const view = new DataView(new ArrayBuffer(16))
        writeSeq(seq, view, 3)
        expect(view.getBigUint64(3, true)).toBe(BigInt(seq))
        expect(readSeq(view, 3)).toBe(seq)
      }),
    )
  })

  test('of 2^53 - 1 is the greatest that is read', () => {
    expect(readSeq(viewOf(2n ** 53n - 1n), 3)).toBe(Number.MAX_SAFE_INTEGER)
  })

  test.each([2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])('of %s is refused', (value) => {
    const read = (): number => readSeq(viewOf(value), 3)
    const message = `sequence number: expected at most 2^53 - 1, got ${value}`
    expect(read).toThrow(expect.objectContaining({ code: 'ERR_MSGR_BAD_HEADER', message }))
  })
})
