import { readdirSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { describeNeeding } from '@msgr-tooling/native-tests'
import { describe, expect, test } from 'vitest'
import * as posix from '../src/index.ts'
import {
  closeOwnedAfterEach,
  connected,
  disown,
  domainOf,
  listenOn,
  loopbacks,
  own,
  receive,
  waitFor,
} from './loopback.ts'
import { missingShim } from './missing-shim.ts'

const O_NONBLOCK = 0o4000
const O_CLOEXEC = 0o2000000

/** The flags of the descriptor, from the kernel itself. */
function flagsOf(fd: number): number {
  const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? ''
  return Number.parseInt(flags, 8)
}

describeNeeding(missingShim, 'syscalls', () => {
  closeOwnedAfterEach()

  describe.each(loopbacks)('over $address', (loopback) => {
    test('bytes go both ways, and the ends know their addresses', () => {
      const { listener, bound } = listenOn(loopback)
      expect(bound).toEqual({ ...loopback, port: expect.any(Number) as number })
      expect(bound.port).toBeGreaterThan(0)

      const client = own(posix.socket(domainOf(loopback)))
      posix.connect(client, bound)
      waitFor(listener, posix.EPOLLIN)
      const accepted = posix.acceptConnection(listener) as posix.AcceptedConnection
      const server = own(accepted.fd)
      expect(accepted.peerAddress).toEqual(posix.getSockName(client))
      expect(posix.getPeerName(client)).toEqual(bound)

      expect(posix.send(client, Buffer.from('ping'), 0, 4, false)).toBe(4)
      expect(receive(server, 4).toString()).toBe('ping')
      expect(posix.sendmsg(server, [Buffer.from('po'), Buffer.from('ng')], 0, false)).toBe(4)
      expect(receive(client, 4).toString()).toBe('pong')
    })

    test('a connection to a port that nobody listens on is refused', () => {
      const reserved = own(posix.socket(domainOf(loopback)))
      posix.bind(reserved, loopback)
      const client = own(posix.socket(domainOf(loopback)))
      const result = posix.connect(client, posix.getSockName(reserved))
      if (result === -posix.EINPROGRESS) {
        expect(waitFor(client, posix.EPOLLOUT) & posix.EPOLLERR).toBe(posix.EPOLLERR)
        expect(posix.socketError(client)).toBe(-posix.ECONNREFUSED)
        expect(posix.socketError(client)).toBe(0)
      } else {
        expect(result).toBe(-posix.ECONNREFUSED)
      }
    })

    test('a second socket cannot have an address that is in use', () => {
      const { bound } = listenOn(loopback)
      const second = own(posix.socket(domainOf(loopback)))
      expect(() => posix.bind(second, bound)).toThrow(
        expect.objectContaining({
          code: 'EADDRINUSE',
          errno: posix.EADDRINUSE,
          syscall: 'bind',
          message: `bind ${posix.formatSocketAddress(bound)} failed: EADDRINUSE`,
        }) as Error,
      )
    })
  })

  describe('descriptors', () => {
    test('are close-on-exec and non-blocking unless asked otherwise', () => {
      const { listener, bound } = listenOn(loopbacks[0])
      const blocking = own(posix.socket(posix.AF_INET, { nonBlocking: false }))
      expect(posix.connect(blocking, bound)).toBe(0)
      const pipe = posix.pipe().map(own)
      const pair = posix.socketPair().map(own)
      const made = [listener, own(posix.accept(listener)), ...pipe, ...pair]
      for (const fd of made) expect(flagsOf(fd) & (O_CLOEXEC | O_NONBLOCK)).toBe(O_CLOEXEC | O_NONBLOCK)
      for (const fd of [blocking, own(posix.dup(blocking))]) {
        expect(flagsOf(fd) & (O_CLOEXEC | O_NONBLOCK)).toBe(O_CLOEXEC)
      }
    })

    test('can be switched between waiting and not', () => {
      const fd = own(posix.socket(posix.AF_INET))
      expect(posix.isNonBlocking(fd)).toBe(true)
      posix.setNonBlocking(fd, false)
      expect(posix.isNonBlocking(fd)).toBe(false)
      expect(flagsOf(fd) & O_NONBLOCK).toBe(0)
      posix.setNonBlocking(fd, true)
      expect(flagsOf(fd) & O_NONBLOCK).toBe(O_NONBLOCK)
    })

    test('can be duplicated to a number not below one given', () => {
      const { client, server } = connected()
      const copy = own(posix.dup(client, 1500))
      expect(copy).toBeGreaterThanOrEqual(1500)
      expect(posix.send(copy, Buffer.from('x'), 0, 1, false)).toBe(1)
      expect(receive(server, 1).toString()).toBe('x')
    })

    test('are gone once closed, and none is left over', () => {
      const before = readdirSync('/proc/self/fd').length
      const fds = [posix.socket(posix.AF_INET), posix.eventfd(), posix.epollCreate(), ...posix.pipe()]
      expect(readdirSync('/proc/self/fd').length).toBe(before + fds.length)
      for (const fd of fds) posix.close(fd)
      expect(readdirSync('/proc/self/fd').length).toBe(before)
      expect(() => posix.close(fds[0]!)).toThrow(expect.objectContaining({ syscall: 'close', code: 'EBADF' }) as Error)
    })
  })

  describe('options', () => {
    test.each([
      ['TCP_NODELAY', posix.IPPROTO_TCP, posix.TCP_NODELAY, 1, 1],
      ['SO_REUSEADDR', posix.SOL_SOCKET, posix.SO_REUSEADDR, 1, 1],
      ['SO_PRIORITY', posix.SOL_SOCKET, posix.SO_PRIORITY, 6, 6],
      ['IP_TOS', posix.IPPROTO_IP, posix.IP_TOS, 0xc0, 0xc0],
      ['SO_RCVBUF, which the kernel doubles', posix.SOL_SOCKET, posix.SO_RCVBUF, 30_000, 60_000],
    ])('%s is read back', (_, level, name, value, readBack) => {
      const fd = own(posix.socket(posix.AF_INET))
      posix.setSocketOption(fd, level, name, value)
      expect(posix.getSocketOption(fd, level, name)).toBe(readBack)
    })

    test('an option that the level does not have is an error', () => {
      const fd = own(posix.socket(posix.AF_INET))
      const failure = expect.objectContaining({ code: 'ENOPROTOOPT' }) as Error
      expect(() => posix.setSocketOption(fd, posix.IPPROTO_TCP, 9999, 1)).toThrow(failure)
      expect(() => posix.getSocketOption(fd, posix.IPPROTO_TCP, 9999)).toThrow(failure)
    })

    test('a linger of no seconds makes close reset the connection', () => {
      const { client, server } = connected()
      posix.setLinger(client, 0)
      disown(client)
      waitFor(server, posix.EPOLLIN)
      expect(posix.recv(server, new Uint8Array(1), 0, 1)).toBe(-posix.ECONNRESET)
    })

    test('no linger makes close end the stream in good order', () => {
      const { client, server } = connected()
      posix.setLinger(client, 0)
      posix.setLinger(client, undefined)
      disown(client)
      waitFor(server, posix.EPOLLIN)
      expect(posix.recv(server, new Uint8Array(1), 0, 1)).toBe(0)
    })
  })

  describe('expected outcomes are values', () => {
    test('nobody to accept, nothing to receive, no room to send: -EAGAIN', () => {
      expect(posix.accept(listenOn(loopbacks[0]).listener)).toBe(-posix.EAGAIN)
      expect(posix.acceptConnection(listenOn(loopbacks[0]).listener)).toBe(-posix.EAGAIN)
      const { client } = connected()
      const buffer = new Uint8Array(1 << 20)
      expect(posix.recv(client, buffer, 0, 10)).toBe(-posix.EAGAIN)
      let sent: number
      do sent = posix.send(client, buffer, 0, buffer.length, false)
      while (sent > 0)
      expect(sent).toBe(-posix.EAGAIN)
      expect(posix.sendmsg(client, [buffer], 0, false)).toBe(-posix.EAGAIN)
    })

    test('a connect that is under way: -EALREADY; one that is done: -EISCONN', () => {
      const { listener, bound } = listenOn(loopbacks[0])
      const client = own(posix.socket(posix.AF_INET))
      posix.connect(client, bound)
      waitFor(listener, posix.EPOLLIN)
      waitFor(client, posix.EPOLLOUT)
      // The first repetition may be the one that takes note of the success.
      expect([0, -posix.EISCONN]).toContain(posix.connect(client, bound))
      expect(posix.connect(client, bound)).toBe(-posix.EISCONN)
    })

    test('the end of the stream: 0, after everything that was sent', () => {
      const { client, server } = connected()
      posix.send(client, Buffer.from('last'), 0, 4, false)
      posix.shutdown(client, posix.SHUT_WR)
      expect(receive(server, 4).toString()).toBe('last')
      waitFor(server, posix.EPOLLIN)
      expect(posix.recv(server, new Uint8Array(9), 0, 9)).toBe(0)
      expect(posix.send(server, Buffer.from('x'), 0, 1, false)).toBe(1)
      expect(receive(client, 1).toString()).toBe('x')
    })

    test('a bad descriptor on the data path: -EBADF', () => {
      const bytes = new Uint8Array(1)
      expect(posix.recv(-1, bytes, 0, 1)).toBe(-posix.EBADF)
      expect(posix.send(-1, bytes, 0, 1, false)).toBe(-posix.EBADF)
      expect(posix.sendmsg(-1, [bytes], 0, false)).toBe(-posix.EBADF)
      expect(posix.accept(-1)).toBe(-posix.EBADF)
      expect(posix.socketError(-1)).toBe(-posix.EBADF)
      expect(posix.connect(-1, loopbacks[0])).toBe(-posix.EBADF)
    })

    test('a peer that is gone has no address', () => {
      const { listener, bound } = listenOn(loopbacks[0])
      const client = own(posix.socket(posix.AF_INET))
      posix.connect(client, bound)
      posix.setLinger(client, 0)
      waitFor(listener, posix.EPOLLIN)
      disown(client)
      const accepted = posix.acceptConnection(listener) as posix.AcceptedConnection
      own(accepted.fd)
      expect(accepted.peerAddress).toBeUndefined()
      expect(() => posix.getPeerName(accepted.fd)).toThrow(expect.objectContaining({ code: 'ENOTCONN' }) as Error)
    })
  })

  test('link-local addresses reach the kernel with their scope', () => {
    const bind = (scope: object): void => {
      posix.bind(own(posix.socket(posix.AF_INET6)), { address: 'fe80::1234', port: 0, family: 6, ...scope })
    }
    // No such address here; but without a scope the kernel does not even look.
    expect(() => bind({ scopeId: 1 })).toThrow('bind [fe80::1234%1]:0 failed: EADDRNOTAVAIL')
    expect(() => bind({})).toThrow('bind [fe80::1234]:0 failed: EINVAL')
  })

  const linkLocal = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((entry) => entry.family === 'IPv6' && entry.scopeid !== 0)

  test.skipIf(linkLocal === undefined)('link-local addresses come back with their scope', () => {
    const address = { address: linkLocal!.address, port: 0, family: 6, scopeId: linkLocal!.scopeid! } as const
    expect(listenOn(address).bound).toEqual({ ...address, port: expect.any(Number) as number })
  })

  test('an address that is not one is refused before any call', () => {
    const address = { address: 'localhost', port: 1, family: 4 } as const
    expect(() => posix.bind(-1, address)).toThrow(posix.SocketAddressError)
    expect(() => posix.connect(-1, address)).toThrow(posix.SocketAddressError)
  })

  test('the address of a socket of another kind is an error, not a guess', () => {
    expect(() => posix.getSockName(own(posix.socketPair()[0]))).toThrow('got family 1')
  })
})
