import { AF_INET, AF_INET6, EINTR, SOL_SOCKET, SO_ERROR } from './constants.ts'
import { checkResult, PosixError } from './errors.ts'
import { descriptorBinding, native } from './native-binding.ts'
import { addressFamily, formatSocketAddress, type SocketAddress } from './socket-address.ts'

// Two kinds of function. Setting something up throws PosixError when it fails: a program has no other use for the
// answer. What depends on the peer (accept, connect, send, receive) answers with a value: a count, or a negated
// errno to compare with, as in `n === -EAGAIN`. A wrong type throws TypeError in both.

/** Options of `socket`. */
export interface SocketOptions {
  /** Calls on the socket answer -EAGAIN instead of waiting. Default: true. */
  readonly nonBlocking?: boolean
}

/** A connection that `acceptConnection` took from the queue of a listening socket. */
export interface AcceptedConnection {
  readonly fd: number
  /** Asked of the kernel at each reading; undefined once the connection is gone. */
  readonly peerAddress: SocketAddress | undefined
}

/** A new TCP socket of AF_INET or AF_INET6, close-on-exec. The caller owns the descriptor. Throws PosixError. */
export function socket(domain: number, options: SocketOptions = {}): number {
  return checkResult('socket', native().socket(domain, options.nonBlocking ?? true))
}

/** Gives the socket its own address. Throws PosixError (EADDRINUSE, EADDRNOTAVAIL, EACCES) and SocketAddressError. */
export function bind(fd: number, address: SocketAddress): void {
  const domain = addressFamily(address)
  const result = native().bind(fd, domain, address.port, address.scopeId ?? 0, address.address)
  if (result < 0) throw new PosixError('bind', -result, formatSocketAddress(address))
}

/** Lets peers connect; at most `backlog` of them wait for `accept`. Throws PosixError. */
export function listen(fd: number, backlog: number): void {
  checkResult('listen', native().listen(fd, backlog))
}

/**
 * Takes one waiting connection: its descriptor, close-on-exec and non-blocking, which the caller owns; or a negated
 * errno: -EAGAIN when none waits, -EMFILE, -ECONNABORTED. Repeats a call that a signal cut short.
 */
export function accept(fd: number): number {
  return native().accept(fd)
}

/** As `accept`, but with the peer's address at hand, which costs a call only if it is read. */
export function acceptConnection(fd: number): AcceptedConnection | number {
  const accepted = native().accept(fd)
  return accepted < 0 ? accepted : new LazyConnection(accepted)
}

/**
 * Starts to connect: 0 when connected at once, or a negated errno. A non-blocking socket answers -EINPROGRESS, turns
 * writable when it is decided, and `socketError` then tells. Throws SocketAddressError.
 */
export function connect(fd: number, address: SocketAddress): number {
  const domain = addressFamily(address)
  return native().connect(fd, domain, address.port, address.scopeId ?? 0, address.address)
}

/** Takes the pending error of the socket (SO_ERROR): 0, or a negated errno. It is gone from the socket then. */
export function socketError(fd: number): number {
  const value = new Int32Array(1)
  const result = native().getSocketOption(fd, SOL_SOCKET, SO_ERROR, value)
  return result < 0 ? result : 0 - (value[0] ?? 0)
}

/** Ends one direction or both: SHUT_RD, SHUT_WR, SHUT_RDWR. Throws PosixError (ENOTCONN if the peer was first). */
export function shutdown(fd: number, how: number): void {
  checkResult('shutdown', native().shutdown(fd, how))
}

/** Gives the descriptor back. Its number may belong to someone else at once. Throws PosixError (EBADF). */
export function close(fd: number): void {
  const result = descriptorBinding().close(fd)
  // Linux has freed the descriptor when close(2) is interrupted: to repeat it could close a stranger's.
  if (result !== -EINTR) checkResult('close', result)
}

/** A second descriptor for the same open socket, close-on-exec, not below `lowest`. Throws PosixError. */
export function dup(fd: number, lowest = 0): number {
  return checkResult('fcntl', descriptorBinding().dup(fd, lowest))
}

/** Sets an integer option. Throws PosixError. */
export function setSocketOption(fd: number, level: number, name: number, value: number): void {
  checkResult('setsockopt', native().setSocketOption(fd, level, name, value))
}

/** Reads an integer option. The kernel answers a buffer size with twice what was set. Throws PosixError. */
export function getSocketOption(fd: number, level: number, name: number): number {
  const value = new Int32Array(1)
  checkResult('getsockopt', native().getSocketOption(fd, level, name, value))
  return value[0] ?? 0
}

/**
 * SO_LINGER. With 0 seconds `close` drops what is unsent and resets the connection; undefined restores the default,
 * which sends the rest in the background. Throws PosixError.
 */
export function setLinger(fd: number, seconds: number | undefined): void {
  checkResult('setsockopt', native().setLinger(fd, seconds !== undefined, seconds ?? 0))
}

/** Whether calls on the descriptor return at once instead of waiting. Throws PosixError. */
export function setNonBlocking(fd: number, on: boolean): void {
  checkResult('fcntl', descriptorBinding().setNonBlocking(fd, on))
}

/** What `setNonBlocking` sets. Throws PosixError. */
export function isNonBlocking(fd: number): boolean {
  return checkResult('fcntl', descriptorBinding().isNonBlocking(fd)) === 1
}

/** The socket's own address: after a `bind` to port 0, the port it got. Throws PosixError. */
export function getSockName(fd: number): SocketAddress {
  const fields = new Int32Array(3)
  return toSocketAddress('getsockname', native().getSockName(fd, fields), fields)
}

/** The peer's address. Throws PosixError (ENOTCONN). */
export function getPeerName(fd: number): SocketAddress {
  const fields = new Int32Array(3)
  return toSocketAddress('getpeername', native().getPeerName(fd, fields), fields)
}

/** A pipe, both ends close-on-exec and non-blocking: [read end, write end]. The caller owns both. Throws PosixError. */
export function pipe(): [readFd: number, writeFd: number] {
  const fds = new Int32Array(2)
  checkResult('pipe2', descriptorBinding().pipe(fds))
  return [fds[0] ?? -1, fds[1] ?? -1]
}

/** Two connected stream sockets (AF_UNIX), close-on-exec and non-blocking. The caller owns both. Throws PosixError. */
export function socketPair(): [fd: number, fd: number] {
  const fds = new Int32Array(2)
  checkResult('socketpair', native().socketPair(fds))
  return [fds[0] ?? -1, fds[1] ?? -1]
}

class LazyConnection implements AcceptedConnection {
  readonly fd: number

  constructor(fd: number) {
    this.fd = fd
  }

  get peerAddress(): SocketAddress | undefined {
    const fields = new Int32Array(3)
    const address = native().getPeerName(this.fd, fields)
    return typeof address === 'number' ? undefined : toSocketAddress('getpeername', address, fields)
  }
}

function toSocketAddress(syscall: string, address: string | number, fields: Int32Array): SocketAddress {
  if (typeof address === 'number') throw new PosixError(syscall, -address)
  const [domain = 0, port = 0, scopeId = 0] = fields
  if (domain === AF_INET) return { address, port, family: 4 }
  if (domain !== AF_INET6) throw new Error(`${syscall}: expected an AF_INET or AF_INET6 address, got family ${domain}`)
  return scopeId === 0 ? { address, port, family: 6 } : { address, port, family: 6, scopeId: scopeId >>> 0 }
}
