import { describe, expect, it } from 'vitest'
import { AddressError, MessageError } from '../src/index.ts'

describe('AddressError', () => {
  it('can be told by its code', () => {
    const error = new AddressError('port: expected 1, got 2')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'AddressError', code: 'ERR_MSGR_ADDRESS', message: 'port: expected 1, got 2' })
  })
})

describe('MessageError', () => {
  it('tells the message type, and what was the cause if there was one', () => {
    const cause = new RangeError('short')
    const error = new MessageError('ERR_MSGR_DECODE', 70, 'message type 70: short', cause)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'MessageError', code: 'ERR_MSGR_DECODE', type: 70, cause })
    expect('cause' in new MessageError('ERR_MSGR_HEADER', 70, 'text')).toBe(false)
  })
})
