import { nextTurn, until } from '@msgr-tooling/vitest-preset/until'
import type { TransportOwner } from '@msgr/messenger-core'
import { close, EAGAIN, recv, setSocketOption, SO_SNDBUF, SOL_SOCKET, write } from '@msgr/posix'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventSocket } from '../src/event-socket.ts'
import { InlineWorker } from '../src/inline-worker.ts'
import { connectedPair } from './sockets.ts'

/** Stands for a session: what came, what is to go, and how it ended. */
class Owner implements TransportOwner {
  readonly received: number[] = []
  toWrite: Uint8Array[] = []
  writesWaiting = 0
  keepsInput = false
  closedBy: Error | undefined
  inputTarget: Uint8Array | undefined
  onBytesCalls = 0

  onTransportOpen(): void {
    throw new Error('an accepted socket is open from the start')
  }

  onBytes(bytes: Uint8Array): void {
    this.onBytesCalls++
    this.received.push(...bytes)
  }

  releaseInput(): boolean {
    return !this.keepsInput
  }

  get wantsOutput(): boolean {
    return this.toWrite.length > 0
  }

  takeOutput(): Uint8Array[] {
    const chunks = this.toWrite
    this.toWrite = []
    return chunks
  }

  onTransportClosed(error: Error): void {
    this.closedBy = error
  }
}

let worker: InlineWorker
let peer: number
let fd: number

beforeEach(async () => {
  worker = new InlineWorker('epoll')
  ;[fd, peer] = await connectedPair()
})

afterEach(() => {
  worker.close()
  close(peer)
})

function openSocket(owner: Owner, isToBeCut = false, sendInline = true): EventSocket {
  const injector = { cutsSocket: () => isToBeCut }
  const socket = EventSocket.accepted(fd, worker, { injector, sendInline })
  socket.setOwner(owner)
  return socket
}

/** Reads at the peer's end until `length` bytes have come. */
async function readAtPeer(length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let at = 0
  while (at < length) {
    const count = recv(peer, bytes, at, length - at)
    if (count === -EAGAIN) await nextTurn()
    else if (count <= 0) throw new Error(`recv at the peer: ${count}`)
    else at += count
  }
  return bytes
}

test('bytes that come are given to the owner, in order', async () => {
  const owner = new Owner()
  const socket = openSocket(owner)
  for (const byte of [1, 2, 3]) {
    write(peer, Uint8Array.of(byte), 0, 1)
    await until(() => owner.received.length === byte)
  }
  expect(owner.received).toEqual([1, 2, 3])
  socket.close()
})

test('memory that the owner keeps is not overwritten by the next read', async () => {
  const owner = new Owner()
  const kept: Uint8Array[] = []
  owner.keepsInput = true
  owner.onBytes = (bytes) => kept.push(bytes)
  const socket = openSocket(owner)
  for (const byte of [7, 8]) {
    write(peer, new Uint8Array(100).fill(byte), 0, 100)
    await until(() => kept.length === byte - 6)
  }
  expect(kept.map((bytes) => bytes[0])).toEqual([7, 8])
  socket.close()
})

test('bytes go straight to where the owner wants them, and those that follow do not', async () => {
  const owner = new Owner()
  const target = new Uint8Array(300)
  const reads: Uint8Array[] = []
  owner.inputTarget = target
  owner.onBytes = (bytes) => {
    reads.push(bytes)
    owner.inputTarget = undefined
  }
  const socket = openSocket(owner)
  write(peer, new Uint8Array(350).fill(5), 0, 350)
  await until(() => reads.length === 2)
  expect(reads.map((bytes) => [bytes.buffer === target.buffer, bytes.length])).toEqual([
    [true, 300],
    [false, 50],
  ])
  expect(target.every((byte) => byte === 5)).toBe(true)
  socket.close()
})

test('a read to where the owner wants it takes nothing from the memory that sockets share', async () => {
  const owner = new Owner()
  owner.keepsInput = true
  owner.inputTarget = new Uint8Array(10)
  const socket = openSocket(owner)
  const { slab, slabAt } = worker
  write(peer, new Uint8Array(5), 0, 5)
  await until(() => owner.received.length === 5)
  expect([worker.slab === slab, worker.slabAt]).toEqual([true, slabAt])
  socket.close()
})

test('more than the kernel takes at once is written whole and in order, once there is room', async () => {
  setSocketOption(fd, SOL_SOCKET, SO_SNDBUF, 8192)
  const owner = new Owner()
  const socket = openSocket(owner)
  const chunks = Array.from({ length: 300 }, (_, i) => new Uint8Array(10_007).map((_byte, at) => (i * 7 + at) & 0xff))
  owner.toWrite = [...chunks]
  socket.flush()
  const all = await readAtPeer(300 * 10_007)
  expect(Buffer.compare(all, Buffer.concat(chunks))).toBe(0)
  owner.toWrite = [Uint8Array.of(42)]
  socket.flush()
  expect(await readAtPeer(1)).toEqual(Uint8Array.of(42))
  socket.close()
})

test('nothing is read while reading is paused', async () => {
  const owner = new Owner()
  const socket = openSocket(owner)
  socket.pauseReading()
  write(peer, Uint8Array.of(1), 0, 1)
  for (let i = 0; i < 10; i++) await nextTurn()
  expect(owner.received).toEqual([])
  socket.resumeReading()
  await until(() => owner.received.length === 1)
  socket.close()
})

test('the end of the stream closes the socket and tells the owner, once', async () => {
  const owner = new Owner()
  openSocket(owner)
  close(peer)
  await until(() => owner.closedBy !== undefined)
  expect(owner.closedBy).toMatchObject({ code: 'ECONNRESET', message: 'the peer has closed the socket' })
  peer = (await connectedPair())[0]
})

test('once closed it never calls its owner again, whatever was on its way', async () => {
  const owner = new Owner()
  const socket = openSocket(owner)
  write(peer, Uint8Array.of(1), 0, 1)
  owner.toWrite = [Uint8Array.of(1)]
  socket.flush()
  socket.close()
  socket.close()
  for (let i = 0; i < 10; i++) await nextTurn()
  expect(owner.received).toEqual([])
  expect(owner.closedBy).toBeUndefined()
  expect(owner.toWrite).toHaveLength(1)
  expect(worker.references).toBe(0)
})

test('from setOwner on the events go to the new owner', async () => {
  const [first, second] = [new Owner(), new Owner()]
  const socket = openSocket(first)
  first.onBytes = () => {
    socket.setOwner(second)
  }
  write(peer, Uint8Array.of(1), 0, 1)
  await nextTurn()
  write(peer, Uint8Array.of(2), 0, 1)
  await until(() => second.received.includes(2))
  expect(first.received).toEqual([])
  socket.close()
})

test('one busy peer gives way after a few reads, and loses nothing', async () => {
  const owner = new Owner()
  const socket = openSocket(owner)
  const all = new Uint8Array(3_000_000).map((_, at) => at & 0xff)
  let at = 0
  let received = 0
  let matches = true
  owner.onBytes = (bytes) => {
    for (const byte of bytes) matches &&= byte === (received++ & 0xff)
  }
  while (received < all.length) {
    const count = at < all.length ? write(peer, all, at, all.length - at) : 0
    if (count > 0) at += count
    await nextTurn()
  }
  expect(matches).toBe(true)
  socket.close()
})

test('a failure that is injected closes the socket and tells the owner', async () => {
  const owner = new Owner()
  openSocket(owner, true)
  write(peer, Uint8Array.of(1), 0, 1)
  await until(() => owner.closedBy !== undefined)
  expect(owner.closedBy?.message).toBe('the socket was cut on purpose')
  expect(owner.received).toEqual([])
})

test.each([
  ['what is worth a write is written at once, and what comes after it at the end of the turn', true, [1, 2]],
  ['what is worth a write waits as all does where nothing is to be written inline', false, []],
])('%s', async (_, sendInline, atOnce) => {
  const owner = new Owner()
  const socket = openSocket(owner, false, sendInline)
  owner.toWrite = [Uint8Array.of(1, 2)]
  owner.writesWaiting = 1
  socket.flush()
  owner.writesWaiting = 0
  owner.toWrite.push(Uint8Array.of(3))
  socket.flush()
  const bytes = new Uint8Array(4)
  const length = recv(peer, bytes, 0, 4)
  expect([...bytes.subarray(0, Math.max(0, length))]).toEqual(atOnce)
  const rest = await readAtPeer(3 - atOnce.length)
  expect([...atOnce, ...rest]).toEqual([1, 2, 3])
  socket.close()
})

test('a second early write waits for twice as much, and the next turn begins anew', async () => {
  const owner = new Owner()
  const socket = openSocket(owner)
  const isWritten = (writesWaiting: number): boolean => {
    owner.toWrite.push(Uint8Array.of(1))
    owner.writesWaiting = writesWaiting
    socket.flush()
    return !owner.wantsOutput
  }
  expect([isWritten(1), isWritten(1), isWritten(2)]).toEqual([true, false, true])
  await nextTurn()
  expect([isWritten(1), isWritten(1)]).toEqual([true, false])
  socket.close()
})

test('what the kernel does not take of an early write goes out when it can, before all that follows', async () => {
  const owner = new Owner()
  const socket = openSocket(owner)
  const length = 8 << 20
  owner.toWrite = [new Uint8Array(length).fill(1)]
  owner.writesWaiting = 1
  socket.flush()
  owner.toWrite.push(Uint8Array.of(2))
  socket.flush()
  const bytes = await readAtPeer(length + 1)
  expect([bytes.lastIndexOf(1), bytes.indexOf(2)]).toEqual([length - 1, length])
  socket.close()
})

test('an early write that fails is told of when the turn is over', async () => {
  const owner = new Owner()
  const socket = openSocket(owner)
  // The reset is on its way before anything is written.
  write(fd, Uint8Array.of(0), 0, 1)
  close(peer)
  owner.toWrite = [Uint8Array.of(1)]
  owner.writesWaiting = 1
  socket.flush()
  expect(owner.closedBy).toBeUndefined()
  await until(() => owner.closedBy !== undefined)
  expect(owner.closedBy).toMatchObject({ name: 'TransportError' })
  ;[, peer] = await connectedPair()
})
