import { EADDRINUSE, PosixError } from '@msgr/posix'
import { expect, test } from 'vitest'
import { NetHandlerError } from '../src/errors.ts'

test('NetHandlerError names the call and the address, and keeps the cause and its code', () => {
  const cause = new PosixError('bind', EADDRINUSE)
  const address = { address: '::1', port: 6800, family: 6 } as const
  const error = new NetHandlerError(cause, address)
  expect(error).toMatchObject({ name: 'NetHandlerError', code: 'EADDRINUSE', syscall: 'bind', address, cause })
  expect(error.message).toBe('bind [::1]:6800: EADDRINUSE')
})
