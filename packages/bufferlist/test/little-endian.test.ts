import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadInt32LE, loadUInt16LE, storeUInt16LE, storeUInt32LE } from '../src/little-endian.ts'

test('loads and stores agree with a DataView', () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), fc.nat(3), (value, at) => {
      const bytes = new Uint8Array(8)
      const view = new DataView(bytes.buffer)
      storeUInt32LE(bytes, at, value)
      expect(view.getUint32(at, true)).toBe(value)
      expect(loadInt32LE(bytes, at)).toBe(view.getInt32(at, true))
      storeUInt16LE(bytes, at, value & 0xffff)
      expect(view.getUint32(at, true)).toBe(value)
      expect(loadUInt16LE(bytes, at)).toBe(value & 0xffff)
    }),
  )
})
