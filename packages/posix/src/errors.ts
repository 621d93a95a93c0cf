import { getSystemErrorName } from 'node:util'
import { FD_SETSIZE } from './constants.ts'

/** A system call failed in a way that its caller had not asked to handle. */
export class PosixError extends Error {
  override readonly name = 'PosixError'
  /** The call, for example `bind`. */
  readonly syscall: string
  /** As in errno(3): positive. (Node's own errors carry it negated.) */
  readonly errno: number
  /** The name of `errno`, for example `EADDRINUSE`, as in Node's own errors. */
  readonly code: string

  /** `subject` is what the call was about, for example `127.0.0.1:6800`; it goes into the message. */
  constructor(syscall: string, errno: number, subject?: string) {
    const code = getSystemErrorName(-errno)
    super(`${syscall}${subject === undefined ? '' : ` ${subject}`} failed: ${code}`)
    this.syscall = syscall
    this.errno = errno
    this.code = code
  }
}

/** What can be said about the place where the shim does not work. */
export interface UnavailableDetails {
  /** Where a binary was looked for. */
  readonly lookedFor?: string
  /** The C library in use, for example `glibc 2.36`. */
  readonly libc?: string
  readonly cause?: unknown
}

/** The shim, or the part of it that was asked for, cannot work here. The message says what works without it. */
export class PosixUnavailableError extends Error {
  override readonly name = 'PosixUnavailableError'
  readonly code = 'ERR_POSIX_UNAVAILABLE'
  readonly platform: string = process.platform
  readonly arch: string = process.arch
  readonly libc: string | undefined
  readonly lookedFor: string | undefined

  constructor(message: string, details: UnavailableDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.libc = details.libc
    this.lookedFor = details.lookedFor
  }
}

/** A range of bytes that does not lie inside its buffer. No system call was made. */
export class BufferRangeError extends RangeError {
  override readonly name = 'BufferRangeError'
  readonly code = 'ERR_POSIX_BUFFER_RANGE'
  readonly syscall: string
  readonly offset: number
  readonly length: number
  readonly byteLength: number

  constructor(syscall: string, offset: number, length: number, byteLength: number) {
    super(`${syscall}: expected a range inside ${byteLength} bytes, got ${length} bytes at offset ${offset}`)
    this.syscall = syscall
    this.offset = offset
    this.length = length
    this.byteLength = byteLength
  }
}

/** A descriptor that an `fd_set` has no bit for. No system call was made. */
export class FdSetSizeError extends RangeError {
  override readonly name = 'FdSetSizeError'
  readonly code = 'ERR_POSIX_FD_SETSIZE'
  readonly fd: number
  readonly limit: number = FD_SETSIZE

  constructor(fd: number) {
    super(
      `select: expected descriptors from 0 to ${FD_SETSIZE - 1} (FD_SETSIZE - 1), got ${fd}; epoll has no such limit`,
    )
    this.fd = fd
  }
}

/** Something that is not a numeric IP address with a port. Nothing here asks a name server. */
export class SocketAddressError extends TypeError {
  override readonly name = 'SocketAddressError'
  readonly code = 'ERR_POSIX_BAD_ADDRESS'
}

/** Returns a result that is no negated errno; throws PosixError for one that is. */
export function checkResult(syscall: string, result: number): number {
  if (result < 0) throw new PosixError(syscall, -result)
  return result
}
