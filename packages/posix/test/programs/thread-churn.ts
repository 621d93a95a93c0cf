import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { Worker, isMainThread, workerData } from 'node:worker_threads'
import * as posix from '../../src/index.ts'

// thread-churn.mjs <count>: starts and ends so many threads, a few at a time. Each loads the shim anew, exchanges bytes
// with the main thread over a socket pair whose other end it is given as a number, and ends in one of four ways: with
// nothing open, with a watch open, after it has blocked in epollWait, or by process.exit in one of its turns.
const ENDINGS = ['clean', 'watching', 'blocked', 'turning'] as const

interface Task {
  readonly socketFd: number
  readonly wakeFd: number
  readonly ending: (typeof ENDINGS)[number]
}

if (isMainThread) await churn(Number(process.argv[2]))
else work(workerData as Task)

function work({ socketFd, wakeFd, ending }: Task): void {
  const buffer = new Uint8Array(16)
  const count = posix.recv(socketFd, buffer, 0, 16)
  assert.equal(posix.send(socketFd, buffer, 0, count, false), count)
  if (ending === 'watching') posix.watch(wakeFd, () => undefined).unref()
  if (ending === 'turning') takeTurnsUntilWoken(wakeFd)
  if (ending !== 'blocked') return
  const epfd = posix.epollCreate()
  posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, wakeFd, posix.EPOLLIN)
  const out = new Int32Array(2)
  while (posix.epollWait(epfd, out, -1) <= 0);
  posix.close(epfd)
}

/** Leaves the turns open, for the environment to end. */
function takeTurnsUntilWoken(wakeFd: number): void {
  posix.takeTurns(() => {
    const isWoken = posix.select(Int32Array.of(wakeFd), new Int32Array(0), new Int32Array(2), 1) > 0
    if (isWoken) process.exit()
  })
}

async function churn(count: number): Promise<void> {
  for (const ending of ENDINGS) await once(ending)
  const before = readdirSync('/proc/self/fd').length
  const lanes = Array.from({ length: 4 }, async (_, lane) => {
    // The next ending each time, so that all of them come in every lane, beside each of the others.
    for (let i = lane; i < count; i += 4) await once(ENDINGS[(i + (i >> 2)) % ENDINGS.length] ?? 'clean')
  })
  await Promise.all(lanes)
  assert.equal(readdirSync('/proc/self/fd').length, before, 'descriptors')
  process.stdout.write(`${count} threads\n`)
}

async function once(ending: Task['ending']): Promise<void> {
  const [mine, theirs] = posix.socketPair()
  const wakeFd = posix.eventfd()
  const question = Buffer.from('question')
  posix.send(mine, question, 0, question.length, false)
  const worker = new Worker(new URL(import.meta.url), { workerData: { socketFd: theirs, wakeFd, ending } })
  const ended = new Promise<number>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', resolve)
  })
  await answered(mine)
  const answer = Buffer.alloc(16)
  assert.equal(posix.recv(mine, answer, 0, 16), question.length)
  assert.equal(answer.toString('utf8', 0, question.length), 'question')
  posix.eventfdWrite(wakeFd)
  assert.equal(await ended, 0)
  for (const fd of [mine, theirs, wakeFd]) posix.close(fd)
}

function answered(fd: number): Promise<void> {
  return new Promise((resolve) => {
    const watched = posix.watch(fd, () => {
      watched.close()
      resolve()
    })
  })
}
