import fc from 'fast-check'
import { BufferList } from '../src/index.ts'

/** Lengths of chunks, used over and over until the bytes are used up. */
export const arbitraryCuts: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 12 }), {
  minLength: 1,
  maxLength: 8,
})

/** The bytes as a list that is cut into chunks of these lengths. */
export function rechunk(bytes: Uint8Array, cuts: readonly number[]): BufferList {
  const list = new BufferList()
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = Math.min(bytes.length, at + cuts[i % cuts.length]!)
    list.append(bytes.slice(at, end))
    at = end
  }
  return list
}
