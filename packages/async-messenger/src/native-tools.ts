import { crc32c as portableCrc32c, type Crc32cFunction } from '@msgr/bufferlist'
import type { WireTools } from '@msgr/messenger-core'
import { AesGcm, aesGcmAvailable, crc32c as nativeCrc32c, isAvailable } from '@msgr/posix'

/** Below this many bytes a call into native code costs more than the tables in JavaScript. */
const NATIVE_CRC_FROM = 160

/**
 * What native code does faster, for a messenger of any type: checksums, and the encryption of frames where the processor
 * has instructions for it. `undefined` where there is no native part.
 */
export function nativeTools(): WireTools | undefined {
  if (!isAvailable()) return undefined
  return { crc32c: fastestCrc32c, aead: aesGcmAvailable() ? makeAesGcm : undefined }
}

/** The same answer either way; only the cost differs. */
const fastestCrc32c: Crc32cFunction = (bytes, seed = 0, start = 0, end = bytes.length) =>
  end - start < NATIVE_CRC_FROM ? portableCrc32c(bytes, seed, start, end) : nativeCrc32c(bytes, seed, start, end)

function makeAesGcm(key: Uint8Array): AesGcm {
  return new AesGcm(key)
}
