import { BufferEncoder } from '@msgr/bufferlist'
import { encodeEntityAddr, encodeEntityAddrVec, EntityAddrVec, FEATURES_ALL, type EntityAddr } from '@msgr/message'
import fc, { type Arbitrary } from 'fast-check'
import { arbitraryU32, arbitraryU64 } from './arbitrary-frames.ts'
import type { V2FrameFields } from './v2-stream.ts'

// Frames of the handshake of version 2, field by field, with anything in them that no peer of sound mind would say.

function payloadOf(write: (encoder: BufferEncoder) => void): Uint8Array {
  const encoder = new BufferEncoder()
  write(encoder)
  return encoder.toBufferList().toContiguous()
}

function frameOf(tag: number, write: (encoder: BufferEncoder) => void): V2FrameFields {
  return { tag, segments: [payloadOf(write)] }
}

function writeNumbers(encoder: BufferEncoder, numbers: readonly number[], count: number = numbers.length): void {
  encoder.writeUInt32LE(count)
  for (const number of numbers) encoder.writeUInt32LE(number)
}

function writeSized(encoder: BufferEncoder, bytes: Uint8Array, length: number = bytes.length): void {
  encoder.writeUInt32LE(length)
  encoder.writeBytes(bytes)
}

export function helloFrame(entityType: number, seen: EntityAddr): V2FrameFields {
  return frameOf(1, (encoder) => {
    encoder.writeUInt8(entityType)
    encodeEntityAddr(encoder, seen, FEATURES_ALL)
  })
}

export interface AuthRequestFields {
  readonly method: number
  readonly modes: readonly number[]
  readonly payload: Uint8Array
  readonly modeCount?: number | undefined
  readonly payloadLength?: number | undefined
}

export function authRequestFrame(fields: AuthRequestFields): V2FrameFields {
  return frameOf(2, (encoder) => {
    encoder.writeUInt32LE(fields.method)
    writeNumbers(encoder, fields.modes, fields.modeCount)
    writeSized(encoder, fields.payload, fields.payloadLength)
  })
}

export function badMethodFrame(method: number, methods: readonly number[], methodCount?: number): V2FrameFields {
  return frameOf(3, (encoder) => {
    encoder.writeUInt32LE(method)
    encoder.writeInt32LE(-13)
    writeNumbers(encoder, methods, methodCount)
    writeNumbers(encoder, [2, 1])
  })
}

/** Tag 4 from the accepting end, 5 from the dialling one. */
export function moreFrame(tag: 4 | 5, payload: Uint8Array, length?: number): V2FrameFields {
  return frameOf(tag, (encoder) => {
    writeSized(encoder, payload, length)
  })
}

export function authDoneFrame(mode: number, payload: Uint8Array = new Uint8Array(0), length?: number): V2FrameFields {
  return frameOf(6, (encoder) => {
    encoder.writeBigUInt64LE(4711n)
    encoder.writeUInt32LE(mode)
    writeSized(encoder, payload, length)
  })
}

export function signatureFrame(byte = 0, length = 32): V2FrameFields {
  return { tag: 7, segments: [new Uint8Array(length).fill(byte)] }
}

export interface IdentFields {
  readonly addrs: readonly EntityAddr[]
  readonly target?: EntityAddr
  readonly gid?: bigint
  readonly globalSeq?: bigint
  readonly features?: bigint
  readonly flags?: bigint
  readonly cookie?: bigint
}

/** Tag 8 from the dialling end, which names the target, 9 from the accepting one. */
export function identFrame(tag: 8 | 9, fields: IdentFields): V2FrameFields {
  return frameOf(tag, (encoder) => {
    encodeEntityAddrVec(encoder, new EntityAddrVec(fields.addrs), FEATURES_ALL)
    if (fields.target !== undefined) encodeEntityAddr(encoder, fields.target, FEATURES_ALL)
    encoder.writeBigUInt64LE(fields.gid ?? 9n)
    encoder.writeBigUInt64LE(fields.globalSeq ?? 1n)
    encoder.writeBigUInt64LE(fields.features ?? FEATURES_ALL)
    encoder.writeBigUInt64LE(0n)
    encoder.writeBigUInt64LE(fields.flags ?? 0n)
    encoder.writeBigUInt64LE(fields.cookie ?? 0n)
  })
}

/** Cookies of both ends, global seq, connect seq and in seq. */
export function reconnectFrame(addrs: readonly EntityAddr[], numbers: readonly bigint[]): V2FrameFields {
  return frameOf(11, (encoder) => {
    encodeEntityAddrVec(encoder, new EntityAddrVec(addrs), FEATURES_ALL)
    for (const number of numbers) encoder.writeBigUInt64LE(number)
  })
}

/** A frame that says one number, as an accepting end answers a reconnect. */
export function numberFrame(tag: number, number: bigint): V2FrameFields {
  return frameOf(tag, (encoder) => {
    encoder.writeBigUInt64LE(number)
  })
}

export function resetFrame(full: number): V2FrameFields {
  return { tag: 12, segments: [Uint8Array.of(full)] }
}

export const WAIT_FRAME: V2FrameFields = { tag: 16, segments: [new Uint8Array(0)] }

const payload = fc.uint8Array({ maxLength: 40 })
/** A length or a count: nearly always the true one. */
const lie = fc.option(arbitraryU32, { freq: 10, nil: undefined })

/** Small numbers are those that sessions count with, and 0 is what a cookie must not be. */
const arbitraryNumber: Arbitrary<bigint> = fc.oneof(fc.constantFrom(0n, 1n, 2n), arbitraryU64)

export const arbitraryAuthRequest: Arbitrary<V2FrameFields> = fc
  .record({
    method: fc.oneof(fc.constantFrom(0, 1, 2, 4), arbitraryU32),
    modes: fc.array(fc.oneof(fc.constantFrom(0, 1, 2), arbitraryU32), { maxLength: 4 }),
    payload,
    modeCount: lie,
    payloadLength: lie,
  })
  .map(authRequestFrame)

export const arbitraryAuthAnswer: Arbitrary<V2FrameFields> = fc.oneof(
  fc.tuple(arbitraryU32, fc.array(arbitraryU32, { maxLength: 3 }), lie).map((args) => badMethodFrame(...args)),
  fc.tuple(payload, lie).map(([bytes, length]) => moreFrame(4, bytes, length)),
  fc.tuple(fc.oneof(fc.constantFrom(0, 1, 2), arbitraryU32), payload, lie).map((args) => authDoneFrame(...args)),
)

export const arbitraryMore: Arbitrary<V2FrameFields> = fc
  .tuple(payload, lie)
  .map(([bytes, length]) => moreFrame(5, bytes, length))

/** An ident whose addresses are among those given. */
export function arbitraryIdent(tag: 8 | 9, addrs: readonly EntityAddr[]): Arbitrary<V2FrameFields> {
  const addr = fc.constantFrom(...addrs)
  return fc
    .record({
      addrs: fc.array(addr, { maxLength: 3 }),
      target: addr,
      gid: arbitraryU64,
      globalSeq: arbitraryNumber,
      features: fc.oneof({ weight: 3, arbitrary: fc.constant(FEATURES_ALL) }, arbitraryU64),
      flags: fc.oneof(fc.constantFrom(0n, 1n), arbitraryU64),
      cookie: arbitraryNumber,
    })
    .map(({ target, ...fields }) => identFrame(tag, tag === 8 ? { ...fields, target } : fields))
}

export function arbitraryReconnect(addrs: readonly EntityAddr[], cookies: readonly bigint[]): Arbitrary<V2FrameFields> {
  const cookie = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...cookies) }, arbitraryNumber)
  return fc
    .tuple(
      fc.array(fc.constantFrom(...addrs), { minLength: 1, maxLength: 2 }),
      cookie,
      cookie,
      fc.tuple(arbitraryNumber, arbitraryNumber, arbitraryNumber),
    )
    .map(([own, client, server, numbers]) => reconnectFrame(own, [client, server, ...numbers]))
}

export const arbitrarySessionAnswer: Arbitrary<V2FrameFields> = fc.oneof(
  fc.tuple(fc.constantFrom(10, 13, 14, 15), arbitraryNumber).map((args) => numberFrame(...args)),
  fc.nat(2).map(resetFrame),
  fc.constant(WAIT_FRAME),
)

const ANY_TAG = fc.nat(21)

/** A frame of any kind that says anything. */
export const arbitraryNonsense: Arbitrary<V2FrameFields> = fc
  .tuple(ANY_TAG, fc.uint8Array({ maxLength: 120 }))
  .map(([tag, bytes]) => ({ tag, segments: [bytes] }))
