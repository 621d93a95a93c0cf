import { afterEach, beforeEach, expect } from 'vitest'
import * as posix from '../src/index.ts'

/** Where TCP tests listen: any free port, over both families. */
export const loopbacks: readonly [posix.SocketAddress, posix.SocketAddress] = [
  { address: '127.0.0.1', port: 0, family: 4 },
  { address: '::1', port: 0, family: 6 },
]

const owned: number[] = []

/** Has a descriptor closed when the test ends. */
export function own(fd: number): number {
  owned.push(fd)
  return fd
}

/** Closes an owned descriptor now. */
export function disown(fd: number): void {
  owned.splice(owned.indexOf(fd), 1)
  posix.close(fd)
}

/** To be called in a describe block whose tests own descriptors. */
export function closeOwnedAfterEach(): void {
  beforeEach(() => expect(owned).toEqual([]))
  afterEach(() => {
    for (const fd of owned.splice(0)) posix.close(fd)
  })
}

/** Waits until one of the events comes to the descriptor; the events. */
export function waitFor(fd: number, events: number): number {
  const epfd = posix.epollCreate()
  posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, events)
  const out = new Int32Array(2)
  let count: number
  do count = posix.epollWait(epfd, out, 10_000)
  while (count === -posix.EINTR)
  posix.close(epfd)
  expect(count, `events of descriptor ${fd} within ten seconds`).toBe(1)
  return out[1]!
}

export function domainOf(address: posix.SocketAddress): number {
  return address.family === 4 ? posix.AF_INET : posix.AF_INET6
}

export function listenOn(address: posix.SocketAddress): { listener: number; bound: posix.SocketAddress } {
  const listener = own(posix.socket(domainOf(address)))
  posix.bind(listener, address)
  posix.listen(listener, 8)
  return { listener, bound: posix.getSockName(listener) }
}

/** A connection over TCP, both ends non-blocking. */
export function connected(address: posix.SocketAddress = loopbacks[0]): { client: number; server: number } {
  const { listener, bound } = listenOn(address)
  const client = own(posix.socket(domainOf(address)))
  expect([0, -posix.EINPROGRESS]).toContain(posix.connect(client, bound))
  waitFor(listener, posix.EPOLLIN)
  const server = own(posix.accept(listener))
  waitFor(client, posix.EPOLLOUT)
  expect(posix.socketError(client)).toBe(0)
  return { client, server }
}

/** Receives exactly so many bytes. */
export function receive(fd: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  let got = 0
  while (got < length) {
    waitFor(fd, posix.EPOLLIN)
    const count = posix.recv(fd, buffer, got, length - got)
    expect(count).toBeGreaterThan(0)
    got += count
  }
  return buffer
}
