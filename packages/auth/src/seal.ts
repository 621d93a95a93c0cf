import { timingSafeEqual } from 'node:crypto'
import { BufferEncoder, BufferList, type Codec } from '@msgr/bufferlist'
import { type SealingKey } from './crypto-key.ts'
import { SealError } from './errors.ts'
import { AuthLimits, limitedBytes } from './limits.ts'
import { type RandomBytes } from './random-bytes.ts'

const VERSION = 1
/** By which the owner of the right key knows that it is: 0xff009cad8826aa55, little endian. */
const MAGIC = Buffer.from('55aa2688ad9c00ff', 'hex')
const HEADER_LENGTH = 1 + MAGIC.length

/** How something is sealed. */
export interface Seal {
  readonly key: SealingKey
  /** One of `KeyUsage`. */
  readonly usage: number
}

/** Bytes of a sealed value with their length before them, as they lie in structs. */
export const sealedBytes: Codec<Uint8Array> = limitedBytes('sealed value', AuthLimits.maxSealedBytes)

/**
 * Encrypts a value behind a version byte and a magic number, without a length.
 * Ceph: src/auth/cephx/CephxProtocol.h, encode_encrypt_enc_bl
 */
export function seal<T>({ key, usage }: Seal, codec: Codec<T>, value: T, random?: RandomBytes): Uint8Array {
  const encoder = new BufferEncoder()
  encoder.writeUInt8(VERSION).writeBytes(MAGIC)
  codec.encode(encoder, value)
  return key.encrypt(usage, encoder.toBufferList().toContiguous(), random)
}

/**
 * Opens what `seal` made. Throws `SealError`, always the same: if it was sealed with another key or for another usage,
 * if it was changed, or if there is no such value in it. What follows the value is ignored.
 */
export function unseal<T>(how: Seal, codec: Codec<T>, sealed: Uint8Array): T {
  const opened = tryUnseal(how, codec, sealed)
  if (opened === undefined) throw new SealError()
  return opened.value
}

function tryUnseal<T>({ key, usage }: Seal, codec: Codec<T>, sealed: Uint8Array): { value: T } | undefined {
  const plain = key.decrypt(usage, sealed)
  if (plain === undefined || plain.length < HEADER_LENGTH) return undefined
  if (!timingSafeEqual(plain.subarray(1, HEADER_LENGTH), MAGIC) || plain[0] !== VERSION) return undefined
  try {
    return { value: codec.decode(new BufferList(plain.subarray(HEADER_LENGTH)).cursor()) }
  } catch {
    return undefined
  }
}
