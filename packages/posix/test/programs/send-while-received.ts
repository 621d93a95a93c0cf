import assert from 'node:assert/strict'
import { Worker, isMainThread, workerData } from 'node:worker_threads'
import * as posix from '../../src/index.ts'

// A thread receives while the main thread sends lists of chunks that take several system calls each. Room in the socket
// appears at any moment, also between two of these calls: whoever goes on after a partial one sends out of order.
const ROUNDS = 60
const CHUNK_BYTES = 1500
const chunks = Array.from({ length: 3000 }, (_, index) => new Uint8Array(CHUNK_BYTES).fill(index))
const total = chunks.length * CHUNK_BYTES

if (isMainThread) await send()
else receive(workerData as number)

async function send(): Promise<void> {
  const [mine, theirs] = posix.socketPair()
  posix.setSocketOption(mine, posix.SOL_SOCKET, posix.SO_SNDBUF, 300_000)
  const worker = new Worker(new URL(import.meta.url), { workerData: theirs })
  const ended = new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', resolve)
  })
  // The thread has to be there before the main thread blocks.
  await new Promise((resolve) => worker.once('online', resolve))
  for (let round = 0; round < ROUNDS; round++) {
    for (let done = 0; done < total;) {
      const first = Math.floor(done / CHUNK_BYTES)
      const sent = posix.sendmsg(mine, first === 0 ? chunks : chunks.slice(first), done % CHUNK_BYTES, false)
      assert.ok(sent > 0 || sent === -posix.EAGAIN)
      if (sent > 0) done += sent
      else wait(mine, posix.EPOLLOUT)
    }
  }
  assert.equal(await ended, 0)
  process.stdout.write('in order\n')
}

/** Takes small pieces, fast, so that room appears often. */
function receive(fd: number): void {
  const buffer = new Uint8Array(1 << 13)
  let crc = 0
  for (let got = 0; got < ROUNDS * total;) {
    const count = posix.recv(fd, buffer, 0, buffer.length)
    assert.ok(count > 0 || count === -posix.EAGAIN)
    if (count < 0) {
      wait(fd, posix.EPOLLIN)
    } else {
      crc = posix.crc32c(buffer, crc, 0, count)
      got += count
    }
  }
  let expected = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const chunk of chunks) expected = posix.crc32c(chunk, expected)
  }
  assert.equal(crc, expected)
}

function wait(fd: number, events: number): void {
  const epfd = posix.epollCreate()
  posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, events)
  posix.epollWait(epfd, new Int32Array(2), 10_000)
  posix.close(epfd)
}
