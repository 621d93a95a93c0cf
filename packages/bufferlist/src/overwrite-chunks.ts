import { noteWriteInPlace } from './crc-cache.ts'

/** Writes `bytes` over chunks that are as long in all. */
export function overwriteChunks(chunks: readonly Uint8Array[], bytes: Uint8Array): void {
  noteWriteInPlace()
  let at = 0
  for (const chunk of chunks) {
    chunk.set(bytes.subarray(at, at + chunk.length))
    at += chunk.length
  }
}

export function zeroChunks(chunks: readonly Uint8Array[]): void {
  noteWriteInPlace()
  for (const chunk of chunks) chunk.fill(0)
}
