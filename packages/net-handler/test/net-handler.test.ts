import {
  accept,
  close,
  EAGAIN,
  EPIPE,
  getPeerName,
  getSockName,
  getSocketOption,
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_TCLASS,
  isNonBlocking,
  recv,
  sendmsg,
  setSocketOption,
  shutdown,
  SHUT_RDWR,
  SO_PRIORITY,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_SNDBUF,
  SOL_SOCKET,
  TCP_NODELAY,
  unavailableReason,
  type SocketAddress,
} from '@msgr/posix'
import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { NetHandler } from '../src/net-handler.ts'

const opened: number[] = []

/** Remembers a descriptor, to be closed when the test is over. */
function keep(fd: number): number {
  opened.push(fd)
  return fd
}

afterEach(() => {
  for (const fd of opened.splice(0)) close(fd)
})

/** Asks again on every turn of the event loop. */
async function until<T>(ask: () => T | undefined): Promise<T> {
  for (;;) {
    const answer = ask()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function acceptFrom(listener: number): Promise<number> {
  return until(() => {
    const fd = accept(listener)
    return fd === -EAGAIN ? undefined : keep(fd)
  })
}

const FAMILIES = [
  { family: 4, address: '127.0.0.1' },
  { family: 6, address: '::1' },
] as const

// A full run must not skip: it fails instead, with the reason in the error of every test.
const reason = unavailableReason()
const isSkipped = reason !== undefined && process.env['MSGR_REQUIRE_ALL'] !== '1'

describe.skipIf(isSkipped)(isSkipped ? `NetHandler (skipped: ${reason.message})` : 'NetHandler', () => {
  describe.each(FAMILIES)('over IPv$family', ({ family, address }) => {
    const anyPort: SocketAddress = { address, port: 0, family }

    test('a listener gets a port, a peer connects to it, and bytes go both ways', async () => {
      const net = new NetHandler()
      const listener = keep(net.listenAt(anyPort, 8))
      const at = getSockName(listener)
      expect(accept(listener)).toBe(-EAGAIN)
      const ours = keep(net.nonblockConnect(at))
      const theirs = await acceptFrom(listener)
      await until(() => net.reconnect(at, ours) === 'connected' || undefined)
      expect(getPeerName(ours)).toEqual(at)
      expect(getPeerName(theirs)).toEqual(getSockName(ours))
      const buffer = new Uint8Array(100)
      expect(recv(theirs, buffer, 0, 100)).toBe(-EAGAIN)
      expect(sendmsg(ours, [Uint8Array.of(1, 2), Uint8Array.of(3)], 0, false)).toBe(3)
      expect(await until(() => positive(recv(theirs, buffer, 0, 100)))).toBe(3)
      shutdown(ours, SHUT_RDWR)
      expect(await until(() => (recv(theirs, buffer, 0, 100) === 0 ? true : undefined))).toBe(true)
      expect(sendmsg(ours, [Uint8Array.of(1)], 0, false)).toBe(-EPIPE)
    })

    test('a blocking connect comes back connected', () => {
      const net = new NetHandler()
      const listener = keep(net.listenAt(anyPort, 8))
      const fd = keep(net.connect(getSockName(listener)))
      expect(isNonBlocking(fd)).toBe(false)
      expect(getPeerName(fd)).toEqual(getSockName(listener))
      expect(net.reconnect(getSockName(listener), fd)).toBe('connected')
    })

    test('sockets have the options they should', async () => {
      const net = new NetHandler({ tcpNodelay: true, tcpRcvbuf: 20_000, priority: 6 })
      const listener = keep(net.listenAt(anyPort, 8))
      expect(isNonBlocking(listener)).toBe(true)
      expect(getSocketOption(listener, SOL_SOCKET, SO_REUSEADDR)).toBe(1)
      const ours = keep(net.nonblockConnect(getSockName(listener)))
      const theirs = await acceptFrom(listener)
      net.setAcceptedOptions(theirs, family)
      for (const fd of [ours, theirs]) {
        expect(isNonBlocking(fd)).toBe(true)
        expect(getSocketOption(fd, IPPROTO_TCP, TCP_NODELAY)).toBe(1)
        // Linux doubles what it is asked for, to have room for its own bookkeeping.
        expect(getSocketOption(fd, SOL_SOCKET, SO_RCVBUF)).toBe(40_000)
        expect(getSocketOption(fd, SOL_SOCKET, SO_PRIORITY)).toBe(6)
        const [level, option] = family === 4 ? [IPPROTO_IP, IP_TOS] : [IPPROTO_IPV6, IPV6_TCLASS]
        expect(getSocketOption(fd, level, option)).toBe(0xc0)
      }
    })

    test('what is not asked for is left alone', async () => {
      const net = new NetHandler({ tcpNodelay: false })
      const plain = keep(net.createSocket(family))
      const listener = keep(net.listenAt(anyPort, 8))
      const ours = keep(net.nonblockConnect(getSockName(listener)))
      await acceptFrom(listener)
      expect(getSocketOption(ours, IPPROTO_TCP, TCP_NODELAY)).toBe(0)
      expect(getSocketOption(ours, SOL_SOCKET, SO_RCVBUF)).not.toBe(40_000)
      expect(getSocketOption(ours, SOL_SOCKET, SO_PRIORITY)).toBe(0)
      expect(getSocketOption(plain, SOL_SOCKET, SO_REUSEADDR)).toBe(0)
      expect(isNonBlocking(plain)).toBe(false)
    })

    test('a port that is taken is an error that names the call, the address and the cause', () => {
      const net = new NetHandler()
      const at = getSockName(keep(net.listenAt(anyPort, 8)))
      const before = readdirSync('/proc/self/fd').length
      expect(() => net.listenAt(at, 8)).toThrow(
        expect.objectContaining({ name: 'NetHandlerError', code: 'EADDRINUSE', address: at }),
      )
      const named = family === 4 ? `127.0.0.1:${at.port}` : `[::1]:${at.port}`
      expect(() => net.listenAt(at, 8)).toThrow(`${named}: EADDRINUSE`)
      expect(readdirSync('/proc/self/fd')).toHaveLength(before)
    })

    test('nobody listens: connecting fails, at once or when it is asked how far it is', async () => {
      const net = new NetHandler()
      const listener = net.listenAt(anyPort, 8)
      const at = getSockName(listener)
      close(listener)
      const before = readdirSync('/proc/self/fd').length
      expect(() => net.connect(at)).toThrow(
        expect.objectContaining({ code: 'ECONNREFUSED', syscall: 'connect', address: at }),
      )
      expect(readdirSync('/proc/self/fd')).toHaveLength(before)
      const failure = await until(() => {
        try {
          const fd = keep(net.nonblockConnect(at))
          return net.reconnect(at, fd) === 'pending' ? undefined : 'connected'
        } catch (error) {
          return error
        }
      })
      expect(failure).toMatchObject({ name: 'NetHandlerError', code: 'ECONNREFUSED', syscall: 'connect', address: at })
    })

    test('a socket is bound before it connects only if that is asked for', async () => {
      const from: SocketAddress = { ...anyPort, ...(family === 4 ? { address: '127.0.0.2' } : {}), port: 1 }
      const listener = keep(new NetHandler().listenAt(anyPort, 8))
      const bound = keep(new NetHandler({ bindBeforeConnect: true }).nonblockConnect(getSockName(listener), from))
      const unbound = keep(new NetHandler().nonblockConnect(getSockName(listener), from))
      await acceptFrom(listener)
      await acceptFrom(listener)
      expect(getSockName(bound).address).toBe(from.address)
      expect(getSockName(bound).port).not.toBe(1)
      expect(getSockName(unbound).address).toBe(address)
    })

    test('to bind to a blank address is not to bind', async () => {
      const listener = keep(new NetHandler().listenAt(anyPort, 8))
      const net = new NetHandler({ bindBeforeConnect: true })
      // Of the other family: to bind to it would be an error.
      const blank: SocketAddress = { address: family === 4 ? '::' : '0.0.0.0', port: 0, family: family === 4 ? 6 : 4 }
      const fd = keep(net.nonblockConnect(getSockName(listener), blank))
      await acceptFrom(listener)
      expect(getSockName(fd).address).toBe(address)
    })

    test('either end may close first, and a client that has left already is accepted', async () => {
      const net = new NetHandler()
      const listener = net.listenAt(anyPort, 8)
      const at = getSockName(listener)
      const buffer = new Uint8Array(1)

      const first = keep(net.connect(at))
      const dropped = accept(listener)
      expect(dropped).toBeGreaterThan(0)
      close(dropped)
      expect(await until(() => nonNegative(recv(first, buffer, 0, 1)))).toBe(0)

      close(net.connect(at))
      const left = await acceptFrom(listener)
      expect(await until(() => nonNegative(recv(left, buffer, 0, 1)))).toBe(0)

      expect(accept(listener)).toBe(-EAGAIN)
      close(listener)
      expect(() => net.connect(at)).toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }))
    })

    test('100 buffers of 10240 bytes, twice, arrive whole through small socket buffers', async () => {
      const net = new NetHandler({ tcpRcvbuf: 8192 })
      const listener = keep(net.listenAt(anyPort, 8))
      const ours = keep(net.nonblockConnect(getSockName(listener)))
      const theirs = await acceptFrom(listener)
      setSocketOption(ours, SOL_SOCKET, SO_SNDBUF, 8192)
      const chunks = Array.from({ length: 200 }, (_, i) =>
        new Uint8Array(10_240).map((_byte, at) => (at * 3 + i) & 0xff),
      )
      const all = Buffer.concat(chunks)
      const received = new Uint8Array(all.length)
      let sent = 0
      let got = 0
      await until(() => {
        const rest = chunks.slice(Math.floor(sent / 10_240))
        const count = rest.length === 0 ? 0 : sendmsg(ours, rest, sent % 10_240, false)
        if (count > 0) sent += count
        got += positive(recv(theirs, received, got, Math.min(1000, received.length - got))) ?? 0
        return got === all.length || undefined
      })
      expect(sent).toBe(all.length)
      expect(Buffer.compare(received, all)).toBe(0)
    })
  })

  test('an address that is not ours cannot be bound before connecting, and no descriptor stays open', () => {
    const net = new NetHandler({ bindBeforeConnect: true })
    const before = readdirSync('/proc/self/fd').length
    const to: SocketAddress = { address: '127.0.0.1', port: 1, family: 4 }
    const notOurs: SocketAddress = { address: '192.0.2.1', port: 0, family: 4 }
    expect(() => net.nonblockConnect(to, notOurs)).toThrow(
      expect.objectContaining({ name: 'NetHandlerError', syscall: 'bind', code: 'EADDRNOTAVAIL' }),
    )
    expect(readdirSync('/proc/self/fd')).toHaveLength(before)
  })

  test('an option that the kernel refuses is an error', () => {
    expect(() => new NetHandler().setPriority(-1, 6, 4)).toThrow(
      expect.objectContaining({ name: 'PosixError', syscall: 'setsockopt', code: 'EBADF' }),
    )
    expect(() => new NetHandler().setSocketOptions(-1)).toThrow(expect.objectContaining({ code: 'EBADF' }))
    expect(() => new NetHandler().setNonblock(-1)).toThrow(expect.objectContaining({ syscall: 'fcntl', code: 'EBADF' }))
    expect(() => new NetHandler().setAcceptedOptions(-1, 4)).toThrow(expect.objectContaining({ code: 'EBADF' }))
  })
})

function nonNegative(result: number): number | undefined {
  return result >= 0 ? result : undefined
}

function positive(result: number): number | undefined {
  return result > 0 ? result : undefined
}
