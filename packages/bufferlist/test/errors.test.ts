import { expect, test } from 'vitest'
import { EndOfBufferError, ListTooLongError, MalformedInputError } from '../src/index.ts'

const fieldsOf = (error: Error): object => Object.assign({ text: String(error) }, error)

test('errors have a name, a code, their numbers and a message that says what was expected and what came', () => {
  const end = new EndOfBufferError(8, 3)
  expect(end).toBeInstanceOf(RangeError)
  expect(fieldsOf(end)).toEqual({
    name: 'EndOfBufferError',
    code: 'ERR_BUFFERLIST_END_OF_BUFFER',
    wanted: 8,
    available: 3,
    text: 'EndOfBufferError: expected 8 more bytes, got 3',
  })
  const malformed = new MalformedInputError('expected one thing, got another', { thing: 2 })
  expect(fieldsOf(malformed)).toEqual({
    name: 'MalformedInputError',
    code: 'ERR_BUFFERLIST_MALFORMED_INPUT',
    detail: { thing: 2 },
    text: 'MalformedInputError: expected one thing, got another',
  })
  const long = new ListTooLongError(10, 12)
  expect(fieldsOf(long)).toEqual({
    name: 'ListTooLongError',
    code: 'ERR_BUFFERLIST_TOO_LONG',
    maxLength: 10,
    length: 12,
    text: 'ListTooLongError: expected up to 10 bytes, got 12 so far',
  })
})
