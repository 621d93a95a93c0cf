import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeText, encodeText } from '../src/text.ts'

test('well-formed text comes back, byte order marks too', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeText(encodeText(text))).toBe(text)
    }),
  )
  expect(decodeText(encodeText('\ufeffa'))).toBe('\ufeffa')
})

test('what is no text or no UTF-8 becomes U+FFFD', () => {
  expect(decodeText(encodeText('a\udc00b'))).toBe('a\ufffdb')
  expect(decodeText(Uint8Array.of(0x61, 0xff))).toBe('a\ufffd')
})

test('other encodings are those of Node', () => {
  const bytes = Uint8Array.of(0, 0xe9, 0x61).subarray(1)
  expect(decodeText(bytes, 'latin1')).toBe('\u00e9a')
  expect(decodeText(bytes, 'hex')).toBe('e961')
})
