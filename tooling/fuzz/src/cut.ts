/**
 * Cuts bytes into chunks at places that `seed` determines, mostly close to each other; 0 leaves them in one piece. Each
 * chunk is a copy that nothing else shares.
 */
export function cut(bytes: Uint8Array, seed: number): Uint8Array[] {
  if (seed === 0) return bytes.length === 0 ? [] : [bytes.slice()]
  const chunks: Uint8Array[] = []
  let state = seed
  for (let at = 0; at < bytes.length;) {
    state = (Math.imul(state, 0x0001_9660) + 0x3c6e_f35f) >>> 0
    const kind = state >>> 29
    const length = 1 + (kind < 3 ? 0 : kind < 6 ? (state >>> 12) % 16 : (state >>> 12) % 1024)
    chunks.push(bytes.slice(at, at + length))
    at += length
  }
  return chunks
}
