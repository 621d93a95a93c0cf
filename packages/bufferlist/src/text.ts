// The BOM is three bytes like others: it must survive a round trip.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** UTF-8, in memory of its own. A surrogate without its partner becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Text of UTF-8. What is not UTF-8 becomes U+FFFD, so only text that was encoded as such comes back the same. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
