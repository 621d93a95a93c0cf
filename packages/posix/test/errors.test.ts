import { expect, test } from 'vitest'
import { EADDRINUSE } from '../src/constants.ts'
import {
  BufferRangeError,
  checkResult,
  FdSetSizeError,
  PosixError,
  PosixUnavailableError,
  SocketAddressError,
} from '../src/errors.ts'

test('PosixError names the call, its subject and the errno', () => {
  const error = new PosixError('bind', EADDRINUSE, '127.0.0.1:6800')
  expect(error).toMatchObject({ name: 'PosixError', syscall: 'bind', errno: EADDRINUSE, code: 'EADDRINUSE' })
  expect(error.message).toBe('bind 127.0.0.1:6800 failed: EADDRINUSE')
  expect(new PosixError('listen', EADDRINUSE).message).toBe('listen failed: EADDRINUSE')
})

test('PosixError can name an errno that nobody knows', () => {
  expect(new PosixError('close', 4000).message).toContain('4000')
})

test('checkResult lets results pass and throws what a negated errno stands for', () => {
  expect(checkResult('listen', 0)).toBe(0)
  expect(checkResult('socket', 17)).toBe(17)
  expect(() => checkResult('bind', -EADDRINUSE)).toThrow(new PosixError('bind', EADDRINUSE))
})

test('BufferRangeError keeps the numbers that did not fit', () => {
  const error = new BufferRangeError('recv', 5, 6, 10)
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ code: 'ERR_POSIX_BUFFER_RANGE', offset: 5, length: 6, byteLength: 10 })
  expect(error.message).toBe('recv: expected a range inside 10 bytes, got 6 bytes at offset 5')
})

test('FdSetSizeError names FD_SETSIZE and what to use instead', () => {
  const error = new FdSetSizeError(2000)
  expect(error).toMatchObject({ code: 'ERR_POSIX_FD_SETSIZE', fd: 2000, limit: 1024 })
  expect(error.message).toMatch(/0 to 1023 \(FD_SETSIZE - 1\), got 2000; epoll/)
})

test('PosixUnavailableError describes the place and keeps its cause', () => {
  const cause = new Error('no such file')
  const error = new PosixUnavailableError('no binary', { lookedFor: 'prebuilds/x', libc: 'glibc 2.36', cause })
  expect(error).toMatchObject({ code: 'ERR_POSIX_UNAVAILABLE', lookedFor: 'prebuilds/x', libc: 'glibc 2.36', cause })
  expect(error).toMatchObject({ platform: process.platform, arch: process.arch })
  expect('cause' in new PosixUnavailableError('no loop')).toBe(false)
})

test('SocketAddressError is a TypeError with a code', () => {
  expect(new SocketAddressError('x')).toBeInstanceOf(TypeError)
  expect(new SocketAddressError('x').code).toBe('ERR_POSIX_BAD_ADDRESS')
})
