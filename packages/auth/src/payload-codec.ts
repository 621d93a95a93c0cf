import { BufferEncoder, BufferList, type BufferCursor, type Codec, MalformedInputError } from '@msgr/bufferlist'
import { AuthProtocolError, AuthRefusedError } from './errors.ts'
import { AuthLimits } from './limits.ts'

/** The bytes of one value, in memory of their own. */
export function encodeToBytes<T>(codec: Codec<T>, value: T): Uint8Array {
  const encoder = new BufferEncoder()
  codec.encode(encoder, value)
  return encoder.toBufferList().toContiguous()
}

/** The value at the start of the bytes; what follows it is ignored. Throws as the codec does. */
export function decodeFromBytes<T>(codec: Codec<T>, bytes: Uint8Array): T {
  return codec.decode(new BufferList(bytes).cursor())
}

/** Reads what a peer sent. Throws `AuthProtocolError` if it is too long or cannot be read; a refusal in it passes. */
export function readPayload<T>(what: string, codec: Pick<Codec<T>, 'decode'>, payload: Uint8Array): T {
  const { maxPayloadBytes } = AuthLimits
  if (payload.length > maxPayloadBytes) {
    throw new AuthProtocolError(`${what}: expected at most ${maxPayloadBytes} bytes, got ${payload.length}`)
  }
  try {
    return codec.decode(new BufferList(payload).cursor())
  } catch (error) {
    if (error instanceof AuthRefusedError) throw error
    throw new AuthProtocolError(`${what}: cannot be read from ${payload.length} bytes`, error)
  }
}

/**
 * Reads the version byte of a struct, which must be at least `oldest`. Newer ones than are known pass: as in Ceph, new
 * fields come last. Throws `MalformedInputError`.
 */
export function readVersion(cursor: BufferCursor, struct: string, oldest = 1): number {
  const version = cursor.readUInt8()
  if (version < oldest) {
    const text = `version of ${struct}: expected at least ${oldest}, got ${version}`
    throw new MalformedInputError(text, { version, oldest })
  }
  return version
}
