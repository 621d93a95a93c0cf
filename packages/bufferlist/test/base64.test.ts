import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BufferList, MalformedInputError } from '../src/index.ts'

test('any bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = new BufferList(bytes).toBase64()
      expect(text).toBe(Buffer.from(bytes).toString('base64'))
      expect(BufferList.fromBase64(text).slice()).toEqual(Uint8Array.from(bytes))
    }),
  )
})

test.each(['QUJDRA', 'QUJDRA=', 'QUJD\n', '====', 'QU=D', 'Q===', 'QUJ-', 'QUJ_', 'QU JD', 'QUJ*', 'é123'])(
  '%j is malformed',
  (text) => {
    expect(() => BufferList.fromBase64(text)).toThrow(MalformedInputError)
  },
)

test('the error says where', () => {
  expect(() => BufferList.fromBase64('QUJDR*A=')).toThrow('expected base64, got "*" at 5')
})

test('large text is taken', () => {
  const bytes = new Uint8Array(3_000_000).fill(0xa5)
  expect(BufferList.fromBase64(new BufferList(bytes).toBase64()).equals(new BufferList(bytes))).toBe(true)
})
