import { formatSocketAddress, type PosixError, type SocketAddress } from '@msgr/posix'

/** A socket could not be made, set up, bound or connected. */
export class NetHandlerError extends Error {
  override readonly name = 'NetHandlerError'
  /** The name of the system's errno, as in Node's own errors: `'ECONNREFUSED'`, `'EADDRINUSE'`. */
  readonly code: string
  /** The call that failed: `'connect'`. */
  readonly syscall: string
  /** What it was about. */
  readonly address: SocketAddress

  constructor(cause: PosixError, address: SocketAddress) {
    super(`${cause.syscall} ${formatSocketAddress(address)}: ${cause.code}`, { cause })
    this.code = cause.code
    this.syscall = cause.syscall
    this.address = address
  }
}
