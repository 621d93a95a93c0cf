import { type BufferCursor } from './buffer-cursor.ts'
import { type BufferEncoder } from './buffer-encoder.ts'
import { type Codec } from './codec.ts'
import { EndOfBufferError } from './errors.ts'
import { type KeyOrder, naturalOrder } from './key-order.ts'

/** A 32-bit count and the elements in their order: list, vector and deque. */
export function vectorOf<T>(element: Codec<T>): Codec<readonly T[]> {
  countable(element)
  return {
    minLength: 4,
    encode: (encoder, values, features) => {
      writeAll(encoder, element, values, values.length, features)
    },
    decode: (cursor, features) => readAll(cursor, element, features),
  }
}

/** A 32-bit count and the elements in ascending order. Decoding takes them in any order, and repeated ones once. */
export function setOf<T>(element: Codec<T>, order: KeyOrder<T> = naturalOrder): Codec<ReadonlySet<T>> {
  countable(element)
  return {
    minLength: 4,
    encode: (encoder, values, features) => {
      writeAll(encoder, element, [...values].sort(order), values.size, features)
    },
    decode: (cursor, features) => new Set(readAll(cursor, element, features)),
  }
}

/** A 32-bit count and key, value, key, value … in ascending order of the keys. Of repeated keys the last one counts. */
export function mapOf<K, V>(
  key: Codec<K>,
  value: Codec<V>,
  order: KeyOrder<K> = naturalOrder,
): Codec<ReadonlyMap<K, V>> {
  const entry = countable(pairOf(key, value))
  return {
    minLength: 4,
    encode: (encoder, map, features) => {
      const entries = [...map].sort(([a], [b]) => order(a, b))
      writeAll(encoder, entry, entries, entries.length, features)
    },
    decode: (cursor, features) => new Map(readAll(cursor, entry, features)),
  }
}

/** Like a map, but keys may repeat; entries of one key keep their order. */
export function multimapOf<K, V>(
  key: Codec<K>,
  value: Codec<V>,
  order: KeyOrder<K> = naturalOrder,
): Codec<readonly (readonly [K, V])[]> {
  const entry = countable(pairOf(key, value))
  return {
    minLength: 4,
    encode: (encoder, entries, features) => {
      const sorted = [...entries].sort(([a], [b]) => order(a, b))
      writeAll(encoder, entry, sorted, sorted.length, features)
    },
    decode: (cursor, features) => readAll(cursor, entry, features),
  }
}

/** The first, then the second. */
export function pairOf<A, B>(first: Codec<A>, second: Codec<B>): Codec<readonly [A, B]> {
  return {
    minLength: first.minLength + second.minLength,
    encode: (encoder, [a, b], features) => {
      first.encode(encoder, a, features)
      second.encode(encoder, b, features)
    },
    decode: (cursor, features) => {
      const a = first.decode(cursor, features)
      return [a, second.decode(cursor, features)]
    },
  }
}

/** Values of different types one after the other, without a count. */
export function tupleOf<T extends readonly unknown[]>(...elements: { readonly [I in keyof T]: Codec<T[I]> }): Codec<T> {
  const codecs: readonly Codec<unknown>[] = elements
  return {
    minLength: codecs.reduce((sum, codec) => sum + codec.minLength, 0),
    encode: (encoder, values, features) => {
      for (const [i, codec] of codecs.entries()) codec.encode(encoder, values[i], features)
    },
    // The mapped type above pairs each codec with its element; the compiler cannot follow it through `map`.
    decode: (cursor, features) => codecs.map((codec) => codec.decode(cursor, features)) as unknown as T,
  }
}

/** A fixed number of elements, without a count. Encoding an array of another length throws `RangeError`. */
export function arrayOf<T>(element: Codec<T>, count: number): Codec<readonly T[]> {
  return {
    minLength: element.minLength * count,
    encode: (encoder, values, features) => {
      if (values.length !== count) throw new RangeError(`expected ${count} elements, got ${values.length}`)
      for (const value of values) element.encode(encoder, value, features)
    },
    decode: (cursor, features) => Array.from({ length: count }, () => element.decode(cursor, features)),
  }
}

/** A byte 1 and the value, or a byte 0 for `undefined`. Decoding takes every byte but 0 for 1. */
export function optionalOf<T>(value: Codec<T>): Codec<T | undefined> {
  return {
    minLength: 1,
    encode: (encoder, maybe, features) => {
      encoder.writeBoolean(maybe !== undefined)
      if (maybe !== undefined) value.encode(encoder, maybe, features)
    },
    decode: (cursor, features) => (cursor.readBoolean() ? value.decode(cursor, features) : undefined),
  }
}

function writeAll<T>(
  encoder: BufferEncoder,
  element: Codec<T>,
  values: Iterable<T>,
  count: number,
  features: bigint | undefined,
): void {
  encoder.writeUInt32LE(count)
  for (const value of values) element.encode(encoder, value, features)
}

/** Believes no count that the bytes left cannot hold. */
function readAll<T>(cursor: BufferCursor, element: Codec<T>, features: bigint | undefined): T[] {
  const count = cursor.readUInt32LE()
  const wanted = count * element.minLength
  if (wanted > cursor.remaining) throw new EndOfBufferError(wanted, cursor.remaining)
  const values: T[] = []
  for (let i = 0; i < count; i++) values.push(element.decode(cursor, features))
  return values
}

/** Throws for elements that may take no bytes: no count of them could be too large. */
function countable<T>(element: Codec<T>): Codec<T> {
  if (element.minLength >= 1) return element
  throw new RangeError(`expected elements of at least 1 byte, got ${element.minLength}`)
}
