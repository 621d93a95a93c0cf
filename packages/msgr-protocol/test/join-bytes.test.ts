import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinBytes } from '../src/join-bytes.ts'
import { toHex } from './bytes.ts'

test('all parts are copied into one piece, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (parts) => {
      const bytes = joinBytes(parts)
      expect(toHex(bytes)).toBe(parts.map(toHex).join(''))
      expect(bytes.buffer.byteLength).toBe(bytes.length)
      const before = toHex(bytes)
      for (const part of parts) part.fill(1)
      expect(toHex(bytes)).toBe(before)
    }),
  )
})
