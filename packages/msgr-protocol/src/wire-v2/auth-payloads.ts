import { makePayloadCodec, readNumbers, writeNumbers, type PayloadCodec } from './payload-codec.ts'

/** Bytes of a signature: an HMAC-SHA256, or zeros if there is no session key. */
const SIGNATURE_SIZE = 32

/** The dialling end asks to be let in. */
export interface AuthRequest {
  readonly method: number
  /** Of `ConnectionMode`, most wanted first; at most 32. */
  readonly modes: readonly number[]
  readonly payload: Uint8Array
}

/** u32 method, list of u32 modes, sized payload. Ceph: src/msg/async/frames_v2.h, AuthRequestFrame */
export const authRequestPayload: PayloadCodec<AuthRequest> = makePayloadCodec<AuthRequest>(
  'auth request',
  (encoder, request) => {
    encoder.writeUInt32LE(request.method)
    writeNumbers(encoder, request.modes)
    encoder.writeSizedBytes(request.payload)
  },
  (cursor) => ({ method: cursor.readUInt32LE(), modes: readNumbers(cursor), payload: cursor.readSizedBytes() }),
)

/** The accepting end refuses a method, or what was said in it. */
export interface AuthBadMethod {
  readonly method: number
  /** A negative errno. s32. */
  readonly result: number
  /** At most 32 each. */
  readonly allowedMethods: readonly number[]
  readonly allowedModes: readonly number[]
}

/** u32 method, s32 result, list of u32 methods, list of u32 modes. Ceph: src/msg/async/frames_v2.h, AuthBadMethodFrame */
export const authBadMethodPayload: PayloadCodec<AuthBadMethod> = makePayloadCodec<AuthBadMethod>(
  'auth bad method',
  (encoder, refusal) => {
    encoder.writeUInt32LE(refusal.method)
    encoder.writeInt32LE(refusal.result)
    writeNumbers(encoder, refusal.allowedMethods)
    writeNumbers(encoder, refusal.allowedModes)
  },
  (cursor) => ({
    method: cursor.readUInt32LE(),
    result: cursor.readInt32LE(),
    allowedMethods: readNumbers(cursor),
    allowedModes: readNumbers(cursor),
  }),
)

/** One more round of a method, in either direction. */
export interface AuthMore {
  readonly payload: Uint8Array
}

/** A sized payload. Ceph: src/msg/async/frames_v2.h, AuthReplyMoreFrame and AuthRequestMoreFrame */
export const authMorePayload: PayloadCodec<AuthMore> = makePayloadCodec<AuthMore>(
  'auth more',
  (encoder, more) => {
    encoder.writeSizedBytes(more.payload)
  },
  (cursor) => ({ payload: cursor.readSizedBytes() }),
)

/** The accepting end lets the other in. */
export interface AuthDone {
  /** u64. */
  readonly globalId: bigint
  /** The mode chosen, of `ConnectionMode`. */
  readonly mode: number
  readonly payload: Uint8Array
}

/** u64 global id, u32 mode, sized payload. Ceph: src/msg/async/frames_v2.h, AuthDoneFrame */
export const authDonePayload: PayloadCodec<AuthDone> = makePayloadCodec<AuthDone>(
  'auth done',
  (encoder, done) => {
    encoder.writeBigUInt64LE(done.globalId)
    encoder.writeUInt32LE(done.mode)
    encoder.writeSizedBytes(done.payload)
  },
  (cursor) => ({
    globalId: cursor.readBigUInt64LE(),
    mode: cursor.readUInt32LE(),
    payload: cursor.readSizedBytes(),
  }),
)

/** What the sender got before authentication was over, signed: 32 bytes. Encoding others throws `RangeError`. */
export const authSignaturePayload: PayloadCodec<Uint8Array> = makePayloadCodec<Uint8Array>(
  'auth signature',
  (encoder, signature) => {
    if (signature.length !== SIGNATURE_SIZE) {
      throw new RangeError(`signature: expected ${SIGNATURE_SIZE} bytes, got ${signature.length}`)
    }
    encoder.writeBytes(signature)
  },
  (cursor) => cursor.readBytes(SIGNATURE_SIZE),
)
