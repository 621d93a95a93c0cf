/** The first four little-endian u64 words of 32 or more bytes, combined by exclusive or. */
export function foldWords(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const words = [0, 8, 16, 24].map((offset) => view.getBigUint64(offset, true))
  return words.reduce((folded, word) => folded ^ word, 0n)
}
