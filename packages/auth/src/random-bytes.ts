import { randomBytes } from 'node:crypto'

/** Where secrets, challenges and nonces come from: gives so many bytes that nobody can guess. */
export type RandomBytes = (length: number) => Uint8Array

/** Node's generator for cryptography. */
export const secureRandom: RandomBytes = (length) => randomBytes(length)

/** Any u64. */
export function randomUint64(random: RandomBytes): bigint {
  const bytes = random(8)
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
}

/** Any u64 but 0, which stands for "none" in a challenge and in a global id. */
export function randomNonZeroUint64(random: RandomBytes): bigint {
  return randomUint64(random) || 1n
}
