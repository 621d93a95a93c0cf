// The BOM is three bytes like others: it must survive a round trip.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** UTF-8, in memory of its own. A surrogate without its partner becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  if (typeof text !== 'string') throw new TypeError(`expected text, bytes or a BufferList, got ${typeof text}`)
  return encoder.encode(text)
}

/** Text of UTF-8, or of another encoding that Node knows. What is not UTF-8 becomes U+FFFD. */
export function decodeText(bytes: Uint8Array, encoding: BufferEncoding = 'utf8'): string {
  if (encoding === 'utf8') return decoder.decode(bytes)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(encoding)
}
