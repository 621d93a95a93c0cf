import { openStruct, type BufferCursor, type Codec } from '@msgr/bufferlist'

/** A codec of what is read and never written. `minLength`: the fewest bytes that a value takes. */
export function decodeOnly<T>(minLength: number, decode: (cursor: BufferCursor) => T): Codec<T> {
  return {
    minLength,
    decode,
    encode: () => {
      throw new TypeError('expected to read this only')
    },
  }
}

/** Reads a versioned struct of any version, of which only its length counts. */
export function skipStruct(cursor: BufferCursor): void {
  openStruct(cursor, 'a struct that is not needed', NEWEST_COMPAT).finish()
}

const NEWEST_COMPAT = 255

/** Such a struct inside a collection. */
export const skippedStruct: Codec<undefined> = decodeOnly(6, (cursor) => {
  skipStruct(cursor)
  return undefined
})
