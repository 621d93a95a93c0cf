import { expect, test } from 'vitest'
import { mismatch, ProtocolError } from '../src/errors.ts'

test('a ProtocolError can be told by its name and its code', () => {
  const message = 'tag of a frame: expected 6 to 9, 14 or 15, got 99'
  const error = new ProtocolError('ERR_MSGR_BAD_TAG', message)
  expect(error).toMatchObject({ name: 'ProtocolError', code: 'ERR_MSGR_BAD_TAG', message })
  expect(error).toBeInstanceOf(Error)
})

test('two values that should be equal are both shown, in hexadecimal', () => {
  expect(mismatch('footer crc of front', 0x1f0a, 0)).toBe('footer crc of front: expected 0x1f0a, got 0x0')
})
