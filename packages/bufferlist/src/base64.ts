import { MalformedInputError } from './errors.ts'

/**
 * The bytes of standard base64 with its padding and without line breaks; anything else throws `MalformedInputError`.
 * Ceph: src/common/buffer.cc, buffer::list::decode_base64
 */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) {
    throw new MalformedInputError(`expected base64 in groups of 4 characters, got ${text.length} characters`, {
      length: text.length,
    })
  }
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const invalid = text.slice(0, text.length - padding).search(/[^A-Za-z0-9+/]/)
  if (invalid >= 0) {
    throw new MalformedInputError(`expected base64, got ${JSON.stringify(text[invalid])} at ${invalid}`, {
      offset: invalid,
    })
  }
  return new Uint8Array(Buffer.from(text, 'base64'))
}
