import assert from 'node:assert/strict'
import * as posix from '../../src/index.ts'
import { native } from '../../src/native-binding.ts'

// Every function of the shim, with what it answers in its ordinary, its odd and its refused cases. It runs in plain
// node processes: under the sanitizers, in many threads at once, and counting descriptors. Buffers have the exact
// size and memory of their own, so that a read or write of one byte too many hits what the sanitizer guards.

/** Runs everything once, and leaves no descriptor behind. */
export async function runWorkload(): Promise<void> {
  exchange({ address: '127.0.0.1', port: 0, family: 4 })
  exchange({ address: '::1', port: 0, family: 6 })
  sendManyChunks()
  useOptions()
  refuseAndFail()
  waitByEpoll()
  waitBySelect()
  useAffinity()
  holdMemory()
  computeCrcs()
  if (posix.aesGcmAvailable()) sealAndOpen()
  if (process.versions['deno'] === undefined) misuse() // Deno turns any value into a number
  if (hasLibuv()) {
    await watchAndClose()
    await takeTurnsAndEnd()
    await abandonHandles()
  }
}

/** False on Bun and Deno, which `watch` refuses. */
export function hasLibuv(): boolean {
  return process.versions['bun'] === undefined && process.versions['deno'] === undefined
}

function exchange(wanted: posix.SocketAddress): void {
  const domain = wanted.family === 4 ? posix.AF_INET : posix.AF_INET6
  const listener = posix.socket(domain)
  posix.setSocketOption(listener, posix.SOL_SOCKET, posix.SO_REUSEADDR, 1)
  posix.bind(listener, wanted)
  posix.listen(listener, 16)
  assert.equal(posix.accept(listener), -posix.EAGAIN)
  const bound = posix.getSockName(listener)

  const client = posix.socket(domain)
  const answer = posix.connect(client, bound)
  assert.ok(answer === 0 || answer === -posix.EINPROGRESS)
  waitFor(listener, posix.EPOLLIN)
  const accepted = posix.acceptConnection(listener)
  assert.ok(typeof accepted === 'object')
  waitFor(client, posix.EPOLLOUT)
  assert.equal(posix.socketError(client), 0)
  assert.deepEqual(accepted.peerAddress, posix.getSockName(client))
  assert.deepEqual(posix.getPeerName(client), bound)

  const buffer = new Uint8Array(100)
  assert.equal(posix.recv(accepted.fd, buffer, 0, 100), -posix.EAGAIN)
  assert.equal(posix.send(client, new Uint8Array(70).fill(7), 0, 70, false), 70)
  waitFor(accepted.fd, posix.EPOLLIN)
  assert.equal(posix.recv(accepted.fd, buffer, 30, 70), 70)
  assert.deepEqual(buffer.subarray(29, 32), new Uint8Array([0, 7, 7]))

  posix.shutdown(client, posix.SHUT_RDWR)
  waitFor(accepted.fd, posix.EPOLLIN)
  assert.equal(posix.recv(accepted.fd, buffer, 0, 100), 0)
  assert.equal(posix.send(client, buffer, 0, 1, false), -posix.EPIPE)
  for (const fd of [client, accepted.fd, listener]) posix.close(fd)
}

function waitFor(fd: number, events: number): void {
  const epfd = posix.epollCreate()
  posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, events)
  const out = new Int32Array(2)
  let count: number
  do count = posix.epollWait(epfd, out, 10_000)
  while (count === -posix.EINTR)
  assert.equal(count, 1)
  assert.equal(out[0], fd)
  posix.close(epfd)
}

function sendManyChunks(): void {
  const [from, to] = posix.socketPair()
  const chunks = Array.from({ length: 3000 }, (_, index) => new Uint8Array(index % 700).fill(index))
  const expected = Buffer.concat(chunks)
  const received = new Uint8Array(expected.length)
  let first = 0
  let offset = 0
  let got = 0
  while (got < expected.length) {
    let sent = posix.sendmsg(from, chunks.slice(first), offset, false)
    while (sent > 0 || chunks[first]?.length === offset) {
      const step = Math.min(sent, (chunks[first]?.length ?? 0) - offset)
      sent -= step
      offset += step
      if (offset < (chunks[first]?.length ?? 0)) break
      first++
      offset = 0
    }
    for (let count = 1; count > 0 && got < received.length; got += Math.max(count, 0)) {
      count = posix.recv(to, received, got, received.length - got)
    }
  }
  assert.ok(expected.equals(received))
  posix.close(from)
  posix.close(to)
}

function useOptions(): void {
  const fd = posix.socket(posix.AF_INET, { nonBlocking: false })
  assert.equal(posix.isNonBlocking(fd), false)
  posix.setNonBlocking(fd, true)
  assert.equal(posix.isNonBlocking(fd), true)
  posix.setSocketOption(fd, posix.IPPROTO_TCP, posix.TCP_NODELAY, 1)
  assert.equal(posix.getSocketOption(fd, posix.IPPROTO_TCP, posix.TCP_NODELAY), 1)
  posix.setLinger(fd, 0)
  posix.setLinger(fd, undefined)
  const copy = posix.dup(fd, 200)
  assert.ok(copy >= 200)
  posix.close(fd)
  posix.close(copy)
}

function refuseAndFail(): void {
  const code = (name: string): { code: string } => ({ code: name })
  assert.throws(() => posix.close(-1), code('EBADF'))
  assert.throws(() => posix.listen(-1, 1), code('EBADF'))
  assert.throws(() => posix.socket(12345), code('EAFNOSUPPORT'))
  assert.throws(() => posix.getPeerName(-1), code('EBADF'))
  assert.throws(() => posix.bind(0, { address: '1.2.3', port: 0, family: 4 }), code('ERR_POSIX_BAD_ADDRESS'))
  assert.equal(posix.accept(-1), -posix.EBADF)
  assert.equal(native().bind(0, posix.AF_INET, 0, 0, 'x'.repeat(1000)), -posix.EINVAL)
  const buffer = new Uint8Array(70)
  for (const [offset, length] of [
    [0, 71],
    [71, 0],
    [-1, 1],
    [1, -1],
    [70, 1],
    [2 ** 32, 1],
    [0, 2 ** 53],
  ] as const) {
    assert.throws(() => posix.recv(0, buffer, offset, length), code('ERR_POSIX_BUFFER_RANGE'))
    assert.throws(() => posix.send(0, buffer, offset, length, false), code('ERR_POSIX_BUFFER_RANGE'))
    assert.throws(() => posix.read(0, buffer, offset, length), code('ERR_POSIX_BUFFER_RANGE'))
    assert.throws(() => posix.write(0, buffer, offset, length), code('ERR_POSIX_BUFFER_RANGE'))
    assert.throws(() => posix.crc32c(buffer, 0, offset, offset + length), code('ERR_POSIX_BUFFER_RANGE'))
  }
  assert.throws(() => posix.sendmsg(0, [buffer], 71, false), code('ERR_POSIX_BUFFER_RANGE'))
}

function waitByEpoll(): void {
  const epfd = posix.epollCreate()
  const fds = Array.from({ length: 8 }, () => posix.eventfd())
  for (const fd of fds) {
    posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, posix.EPOLLIN | posix.EPOLLET)
    assert.equal(posix.eventfdWrite(fd), 0)
  }
  const out = new Int32Array(6)
  assert.equal(posix.epollWait(epfd, out, 0), 3)
  assert.equal(posix.epollWait(epfd, new Int32Array(64), 0), 5)
  assert.throws(() => posix.epollWait(epfd, new Int32Array(1), 0), RangeError)
  for (const fd of fds) {
    assert.equal(posix.eventfdRead(fd), 1)
    assert.equal(posix.eventfdRead(fd), -posix.EAGAIN)
    posix.epollCtl(epfd, posix.EPOLL_CTL_MOD, fd, posix.EPOLLOUT)
    posix.epollCtl(epfd, posix.EPOLL_CTL_DEL, fd, 0)
    posix.close(fd)
  }
  assert.throws(() => posix.epollCtl(epfd, posix.EPOLL_CTL_DEL, epfd, 0), posix.PosixError)
  posix.close(epfd)
}

function waitBySelect(): void {
  const [readFd, writeFd] = posix.pipe()
  const out = new Int32Array(2)
  const reading = Int32Array.of(readFd)
  assert.equal(posix.select(reading, new Int32Array(0), out, 0), 0)
  assert.equal(posix.write(writeFd, new Uint8Array([1, 2, 3]), 1, 2), 2)
  assert.equal(posix.select(reading, Int32Array.of(writeFd), out, -1), 1)
  assert.equal(posix.select(reading, Int32Array.of(writeFd), new Int32Array(4), -1), 2)
  const buffer = new Uint8Array(2)
  assert.equal(posix.read(readFd, buffer, 0, 2), 2)
  assert.deepEqual(buffer, new Uint8Array([2, 3]))
  for (const fd of [posix.FD_SETSIZE, -1, 2 ** 31 - 1, -(2 ** 31)]) {
    assert.throws(() => posix.select(Int32Array.of(fd), reading, out, 0), { code: 'ERR_POSIX_FD_SETSIZE' })
    assert.throws(() => posix.select(reading, Int32Array.of(fd), out, 0), { code: 'ERR_POSIX_FD_SETSIZE' })
  }
  assert.throws(() => posix.select(reading, reading, new Int32Array(1), 0), RangeError)
  posix.close(readFd)
  posix.close(writeFd)
}

function useAffinity(): void {
  const cores = posix.getThreadAffinity()
  posix.setThreadAffinity(cores.slice(0, 1))
  assert.deepEqual(posix.getThreadAffinity(), cores.slice(0, 1))
  posix.setThreadAffinity(cores)
  assert.throws(() => posix.setThreadAffinity([1024]), RangeError)
  assert.throws(() => posix.setThreadAffinity([-1]), RangeError)
  assert.throws(() => posix.setThreadAffinity([]), { code: 'EINVAL' })
}

function holdMemory(): void {
  posix.holdExternalMemory({}, 5 * 2 ** 30)
  assert.ok(Number.isSafeInteger(posix.externalMemoryBytes()))
}

function computeCrcs(): void {
  const sizes = [0, 1, 7, 8, 9, 63, 70, 383, 384, 385, 767, 768, 1500, 4079, 4080, 4081, 4096, 9000, 70_001]
  for (const size of sizes) {
    const bytes = new Uint8Array(size).map((_, index) => (index * 131 + (index >> 8)) & 255)
    for (let start = 0; start < Math.min(size, 9); start++) {
      const end = Math.max(start, bytes.length - (start >> 1))
      assert.equal(posix.crc32c(bytes, 1234, start, end), native().crc32cPortable(bytes, 1234, start, end))
    }
  }
}

/** A cipher of its own each time; nobody keeps it. */
function sealAndOpen(): void {
  const cipher = new posix.AesGcm(new Uint8Array(16).fill(3))
  const nonce = new Uint8Array(12).fill(4)
  for (const size of [0, 1, 15, 16, 17, 95, 96, 287, 288, 4096, 70_001]) {
    const plain = new Uint8Array(size).map((_, index) => index * 7)
    const [cut, room] = [size >> 1, new Uint8Array(size + 16)]
    assert.equal(cipher.seal(nonce, [plain.slice(0, cut), plain.slice(cut)], room, 0), size + 16)
    const opened = new Uint8Array(size)
    assert.equal(cipher.open(nonce, room, 0, size + 16, opened, 0), true)
    assert.deepEqual(opened, plain)
    room[size] = (room[size] ?? 0) ^ 1
    assert.equal(cipher.open(nonce, room, 0, size + 16, opened, 0), false)
    assert.ok(opened.every((byte) => byte === 0))
    assert.throws(() => cipher.seal(nonce, [plain], room, 1), { code: 'ERR_POSIX_BUFFER_RANGE' })
    if (size > 0) assert.throws(() => cipher.open(nonce, room, 0, size + 16, opened, 1), RangeError)
  }
}

const TAKES_NOTHING: readonly string[] = ['epollCreate', 'eventfd', 'eventLoopFd']

function misuse(): void {
  const binding = native() as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const [name, call] of Object.entries(binding)) {
    if (typeof call !== 'function' || TAKES_NOTHING.includes(name)) continue
    // sendmsg takes a list: too few arguments are a range, as any wrong number of them is.
    if (name === 'sendmsg') assert.equal(call(), -4096)
    else assert.throws(() => call(), TypeError, name)
    assert.throws(() => call('a', 'b', 'c', 'd', 'e'), TypeError, name)
    assert.throws(() => call({}, null, undefined, Symbol.iterator, 1n), TypeError, name)
  }
  const wrong = new Float64Array(9)
  assert.throws(() => binding['recv']?.(-1, wrong, 0, 1), TypeError)
  assert.throws(() => binding['epollWait']?.(-1, new Uint8Array(99), 0), TypeError)
  assert.throws(() => binding['sendmsg']?.(-1, 0, false, new Uint8Array(1), wrong), TypeError)
  assert.equal(binding['sendmsg']?.(-1, 0, false, ...Array.from({ length: 1025 }, () => new Uint8Array(1))), -4096)
  const key = binding['aesGcmCreate']?.(new Uint8Array(16))
  const fd = posix.eventfd()
  const watch = hasLibuv() ? binding['watch']?.(fd, () => undefined) : {}
  const turns = hasLibuv() ? binding['takeTurns']?.(() => undefined) : {}
  for (const other of [key, turns]) assert.throws(() => binding['watchClose']?.(other), TypeError)
  for (const other of [key, watch]) assert.throws(() => binding['endTurns']?.(other), TypeError)
  const bytes = new Uint8Array(12)
  for (const other of [watch, turns]) {
    assert.throws(() => binding['aesGcmSeal']?.(other, bytes, bytes, 0, bytes), TypeError)
    assert.throws(() => binding['aesGcmOpen']?.(other, bytes, bytes, 0, 12, bytes, 0), TypeError)
  }
  if (hasLibuv()) {
    binding['watchClose']?.(watch)
    binding['endTurns']?.(turns)
  }
  posix.close(fd)
  const detached = new Uint8Array(100)
  structuredClone(detached.buffer, { transfer: [detached.buffer] })
  assert.throws(() => posix.recv(0, detached, 0, 100), { code: 'ERR_POSIX_BUFFER_RANGE' })
}

async function watchAndClose(): Promise<void> {
  const fd = posix.eventfd()
  let count = 0
  await new Promise<void>((resolve) => {
    const watch = posix.watch(fd, (status) => {
      assert.equal(status, 0)
      assert.equal(posix.eventfdRead(fd), 1)
      if (++count === 5) {
        watch.close()
        watch.close()
        watch.ref()
        resolve()
      } else posix.eventfdWrite(fd)
    })
    assert.throws(() => posix.watch(fd, () => undefined), { code: 'EEXIST' })
    posix.eventfdWrite(fd)
  })
  assert.equal(count, 5)
  const handle = native().watch(fd, () => undefined)
  assert.ok(typeof handle === 'object')
  native().watchClose(handle)
  native().watchClose(handle)
  native().watchSetRef(handle, true)
  await new Promise((resolve) => setImmediate(resolve))
  native().watchClose(handle)
  posix.close(fd)
}

async function takeTurnsAndEnd(): Promise<void> {
  assert.ok(posix.eventLoopFd() >= 0)
  let count = 0
  await new Promise<void>((resolve) => {
    const turns = posix.takeTurns((timeoutMs) => {
      assert.ok(timeoutMs >= 0)
      if (++count < 5) return
      turns.close()
      turns.close()
      resolve()
    })
  })
  const handle = native().takeTurns(() => count++)
  assert.ok(typeof handle === 'object')
  native().endTurns(handle)
  native().endTurns(handle)
  await new Promise((resolve) => setImmediate(resolve))
  native().endTurns(handle)
  assert.equal(count, 5)
}

/** Handles that nobody keeps: one open and unrefed until its thread ends, the others closed. Their memory must go. */
async function abandonHandles(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const fd = posix.eventfd()
    const watch = posix.watch(fd, () => undefined)
    watch.unref()
    watch.close()
    posix.close(fd)
    posix.takeTurns(() => undefined).close()
  }
  globalThis.gc?.()
  await new Promise((resolve) => setImmediate(resolve))
}
