import { ProtocolError } from '../errors.ts'

/** Features of version 2 of the protocol itself, told in the banner. Ceph: src/include/msgr.h, CEPH_MSGR2_FEATURE_* */
export const Msgr2Feature = {
  /** Frames are those of 2.1. */
  revision1: 1n,
} as const

/** What the banner of one end says: the features it has, and those that the other end must have. u64 each. */
export interface Msgr2Features {
  readonly supported: bigint
  readonly required: bigint
}

const PREFIX = Uint8Array.from('ceph v2\n', (char) => char.charCodeAt(0))
const FEATURES_SIZE = 16

/** Bytes of the prefix and of the u16 length that follows it. What follows that is the payload. */
export const BANNER_PREFIX_SIZE: number = PREFIX.length
export const BANNER_LENGTH_SIZE = 2
/** A payload is 16 bytes today. One that is longer is read, and what is not known of it left aside, up to this. */
const MAX_PAYLOAD_SIZE = 512

/**
 * The bytes that both ends send first: prefix 8, payload length u16, features supported u64, features required u64;
 * little endian. Ceph: src/msg/async/ProtocolV2.cc, _banner_exchange
 */
export function encodeBanner(features: Msgr2Features): Uint8Array {
  const payloadAt = BANNER_PREFIX_SIZE + BANNER_LENGTH_SIZE
  const banner = new Uint8Array(payloadAt + FEATURES_SIZE)
  const view = new DataView(banner.buffer)
  banner.set(PREFIX)
  view.setUint16(BANNER_PREFIX_SIZE, FEATURES_SIZE, true)
  view.setBigUint64(payloadAt, features.supported, true)
  view.setBigUint64(payloadAt + 8, features.required, true)
  return banner
}

/** Throws `ProtocolError` unless the 8 bytes at `offset` are the prefix. */
export function checkBannerPrefix(bytes: Uint8Array, offset: number): void {
  if (PREFIX.every((byte, i) => bytes[offset + i] === byte)) return
  const got = String.fromCharCode(...bytes.subarray(offset, offset + BANNER_PREFIX_SIZE))
  throw new ProtocolError('ERR_MSGR_BAD_BANNER', `banner: expected "ceph v2\\n", got ${JSON.stringify(got)}`)
}

/** The length of the payload. Throws `ProtocolError` if that leaves no room for the features, or is beyond 512. */
export function readBannerLength(view: DataView, offset: number): number {
  const length = view.getUint16(offset, true)
  if (length < FEATURES_SIZE) {
    const text = `length of the banner's payload: expected at least ${FEATURES_SIZE}, got ${length}`
    throw new ProtocolError('ERR_MSGR_BAD_BANNER', text)
  }
  if (length > MAX_PAYLOAD_SIZE) {
    const text = `length of the banner's payload: expected at most ${MAX_PAYLOAD_SIZE}, got ${length}`
    throw new ProtocolError('ERR_MSGR_TOO_LONG', text)
  }
  return length
}

/** Reads the payload. */
export function readBannerFeatures(view: DataView, offset: number): Msgr2Features {
  return { supported: view.getBigUint64(offset, true), required: view.getBigUint64(offset + 8, true) }
}
