import { type Codec, MalformedInputError, string, vectorOf } from '@msgr/bufferlist'

/** What a peer may send. Real conversations stay far below: the largest payload seen of a 16.2 monitor is 1 KiB. */
export const AuthLimits = {
  /** One payload of a conversation. */
  maxPayloadBytes: 65_536,
  /** The opaque part of a ticket, and anything else that is sealed. */
  maxSealedBytes: 32_768,
  /** Of one ticket. */
  maxCapsBytes: 16_384,
  /** The id of a principal: "admin", "3". */
  maxIdBytes: 1024,
  /** Of one reply: one for each kind of service. */
  maxTickets: 32,
  maxRotatingSecrets: 32,
  /** Methods that a client may offer. */
  maxMethods: 32,
} as const

/** A 32-bit length and so many bytes, at most `max`. Decoding copies: what is kept must not pin a network buffer. */
export function limitedBytes(what: string, max: number): Codec<Uint8Array> {
  return {
    minLength: 4,
    encode: (encoder, bytes) => {
      checkLength(what, bytes.length, max)
      encoder.writeSizedBytes(bytes)
    },
    decode: (cursor) => {
      const length = cursor.readUInt32LE()
      checkLength(what, length, max)
      return cursor.readCopy(length)
    },
  }
}

/** A string of at most `max` bytes. */
export function limitedString(what: string, max: number): Codec<string> {
  return {
    minLength: 4,
    encode: (encoder, text) => {
      string.encode(encoder, text)
    },
    decode: (cursor) => {
      const length = cursor.readUInt32LE()
      checkLength(what, length, max)
      cursor.seek(cursor.tell - 4)
      return cursor.readString()
    },
  }
}

/** A count, at most `max`, and so many elements. */
export function limitedVector<T>(what: string, element: Codec<T>, max: number): Codec<readonly T[]> {
  const vector = vectorOf(element)
  return {
    minLength: 4,
    encode: (encoder, values) => {
      vector.encode(encoder, values)
    },
    decode: (cursor) => {
      const count = cursor.readUInt32LE()
      checkLength(what, count, max)
      cursor.seek(cursor.tell - 4)
      return vector.decode(cursor)
    },
  }
}

function checkLength(what: string, length: number, max: number): void {
  if (length > max) throw new MalformedInputError(`${what}: expected at most ${max}, got ${length}`, { length, max })
}
