import { EndOfBufferError, MalformedInputError } from '@msgr/bufferlist'
import { MessageError } from '@msgr/message'
import { ProtocolError } from '@msgr/msgr-protocol'
import { expect, test } from 'vitest'
import { documentedCode, failureCode, outcomeOf } from '../src/documented-error.ts'

test('errors that are documented have a code, and their causes too', () => {
  expect(documentedCode(new ProtocolError('ERR_MSGR_BAD_TAG', ''))).toBe('ERR_MSGR_BAD_TAG')
  const error = new MessageError('ERR_MSGR_DECODE', 2, '', new EndOfBufferError(2, 1))
  expect(documentedCode(error)).toBe('ERR_MSGR_DECODE<ERR_BUFFERLIST_END_OF_BUFFER')
})

test.each([
  ['a TypeError', new TypeError('x is not a function')],
  ['a RangeError of another making', new RangeError('Invalid array length')],
  ['a plain Error', new Error('impossible')],
  ['what is no error', 'text'],
])('%s passes through', (_what, error) => {
  expect(() => documentedCode(error)).toThrow(error instanceof Error ? error : 'text')
})

test('a documented error does not excuse its cause', () => {
  const cause = new TypeError('x is undefined')
  expect(() => documentedCode(new MessageError('ERR_MSGR_DECODE', 2, '', cause))).toThrow(cause)
})

test('an outcome is a value or a failure', () => {
  expect(outcomeOf(() => 5)).toEqual({ value: 5 })
  const outcome = outcomeOf(() => {
    throw new MalformedInputError('bad')
  })
  expect(outcome).toEqual({ failure: 'ERR_BUFFERLIST_MALFORMED_INPUT: bad' })
  expect(failureCode(outcome.failure ?? '')).toBe('ERR_BUFFERLIST_MALFORMED_INPUT')
})
