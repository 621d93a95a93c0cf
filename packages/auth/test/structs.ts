import { type Codec } from '@msgr/bufferlist'
import fc from 'fast-check'
import { expect } from 'vitest'
import { CryptoKey } from '../src/index.ts'
import { decodeFromBytes, encodeToBytes } from '../src/payload-codec.ts'

/** Keys and bytes in a form that can be compared. */
function plain(value: unknown): unknown {
  if (value instanceof CryptoKey) return { key: value.toBase64() }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (value instanceof Map) return [...value].map(plain)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, plain(inner)]))
}

/** Whatever is encoded is decoded, takes `minLength` at least, and is refused when its end is missing. */
export function expectInverse<T>(codec: Codec<T>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(values, fc.nat(), (value, cut) => {
      const bytes = encodeToBytes(codec, value)
      expect(plain(decodeFromBytes(codec, bytes))).toEqual(plain(value))
      expect(bytes.length).toBeGreaterThanOrEqual(codec.minLength)
      expect(() => decodeFromBytes(codec, bytes.subarray(0, cut % codec.minLength))).toThrow()
    }),
    { numRuns: 50 },
  )
}
