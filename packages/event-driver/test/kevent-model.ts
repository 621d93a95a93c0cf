import { fstatSync } from 'node:fs'
import * as posix from '@msgr/posix'
import { type KqueueCalls } from '../src/index.ts'

/** One filter of one descriptor, as it stands in a queue. */
interface Knote {
  readonly fd: number
  readonly filter: number
}

const MAX_EVENTS = 1_024
/** What epoll reports when the other side of both directions is gone. */
const BROKEN = posix.EPOLLHUP | posix.EPOLLERR

/**
 * kqueue(2) in memory, over descriptors of this kernel, so that a driver of macOS and the BSDs can be tried on Linux.
 *
 * As there: a descriptor has two filters, each with an entry of its own in the queue and in the results; level
 * triggered, with the entries that were reported going to the end of the queue, so that the others come first in the
 * next wait; EV_EOF on the filter of a direction that the other side has ended; no write filter for a pipe that nobody
 * reads (EPIPE); filters that go with their descriptor (ENOENT once the number is another's, EBADF until then); and a
 * descriptor of the queue that is readable while anything in it is ready.
 *
 * What a descriptor is ready for, and the waiting itself, comes from an epoll set, whose descriptor stands for that of
 * the queue. Not as there: a descriptor must not be closed while it is watched and a duplicate of it lives, since epoll
 * goes on to report that; files and terminals have no filters.
 */
export class KeventModel implements KqueueCalls {
  readonly #queues = new Map<number, Map<string, Knote>>()

  kqueue(): number {
    const kqueueFd = posix.epollCreate()
    this.#queues.set(kqueueFd, new Map())
    return kqueueFd
  }

  keventChange(kqueueFd: number, fd: number, filter: number, flags: number): number {
    const queue = this.#queues.get(kqueueFd)
    if (queue === undefined || !isOpen(fd)) return -posix.EBADF
    const key = `${fd} ${filter}`
    // epoll knows the open file behind a number, and so tells whether it is still the one that was added.
    const wanted = wantedOf(queue, fd)
    if (wanted !== 0 && !isWatched(kqueueFd, fd, wanted)) forget(queue, fd)

    if (flags === posix.EV_DELETE) {
      if (!queue.delete(key)) return -posix.ENOENT
    } else if (flags === posix.EV_ADD) {
      if (filter === posix.EVFILT_WRITE && isPipeWithoutReader(fd)) return -posix.EPIPE
      if (!queue.has(key)) queue.set(key, { fd, filter })
    } else {
      throw new Error(`the model knows EV_ADD and EV_DELETE, got ${flags}`)
    }
    watchFor(kqueueFd, fd, wantedOf(queue, fd))
    return 0
  }

  keventWait(kqueueFd: number, out: Int32Array, timeoutMs: number): number {
    const queue = this.#queues.get(kqueueFd)
    if (queue === undefined) return -posix.EBADF
    const ready = new Int32Array(2 * Math.max(1, queue.size))
    const count = posix.epollWait(kqueueFd, ready, timeoutMs)
    if (count < 0) return count
    const readyFor = new Map<number, number>()
    for (let i = 0; i < 2 * count; i += 2) readyFor.set(ready[i]!, ready[i + 1]!)

    const room = Math.min(Math.trunc(out.length / 3), MAX_EVENTS)
    const reported = [...queue]
      .map(([key, knote]) => ({ key, knote, flags: flagsOf(knote.filter, readyFor.get(knote.fd) ?? 0) }))
      .filter((entry): entry is typeof entry & { flags: number } => entry.flags !== undefined)
      .slice(0, room)
    reported.forEach(({ key, knote, flags }, index) => {
      out.set([knote.fd, knote.filter, flags], 3 * index)
      queue.delete(key)
      queue.set(key, knote)
    })
    return reported.length
  }

  close(fd: number): void {
    this.#queues.delete(fd)
    posix.close(fd)
  }
}

/** The flags with which a filter reports, for what epoll says; undefined if it does not report. */
function flagsOf(filter: number, events: number): number | undefined {
  const ended = filter === posix.EVFILT_READ ? posix.EPOLLRDHUP | BROKEN : BROKEN
  const ready = filter === posix.EVFILT_READ ? posix.EPOLLIN : posix.EPOLLOUT
  if ((events & (ended | ready)) === 0) return undefined
  return posix.EV_ADD | ((events & ended) !== 0 ? posix.EV_EOF : 0)
}

/** What epoll has to watch a descriptor for, so that its filters can be reported. */
function wantedOf(queue: ReadonlyMap<string, Knote>, fd: number): number {
  return (
    (queue.has(`${fd} ${posix.EVFILT_READ}`) ? posix.EPOLLIN | posix.EPOLLRDHUP : 0) |
    (queue.has(`${fd} ${posix.EVFILT_WRITE}`) ? posix.EPOLLOUT : 0)
  )
}

/** Tells epoll what to watch an open descriptor for; nothing: not at all, since it would report a hang-up all the same. */
function watchFor(kqueueFd: number, fd: number, wanted: number): void {
  if (wanted === 0) posix.epollCtl(kqueueFd, posix.EPOLL_CTL_DEL, fd, 0)
  else if (!isWatched(kqueueFd, fd, wanted)) posix.epollCtl(kqueueFd, posix.EPOLL_CTL_ADD, fd, wanted)
}

/** Whether epoll knows the open file that the number stands for now. If so, it watches that for what is wanted. */
function isWatched(kqueueFd: number, fd: number, wanted: number): boolean {
  try {
    posix.epollCtl(kqueueFd, posix.EPOLL_CTL_MOD, fd, wanted)
    return true
  } catch (error) {
    if (error instanceof posix.PosixError && error.errno === posix.ENOENT) return false
    throw error
  }
}

function forget(queue: Map<string, Knote>, fd: number): void {
  for (const filter of [posix.EVFILT_READ, posix.EVFILT_WRITE]) queue.delete(`${fd} ${filter}`)
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd)
    return true
  } catch {
    return false
  }
}

function isPipeWithoutReader(fd: number): boolean {
  if (!fstatSync(fd).isFIFO()) return false
  const epfd = posix.epollCreate()
  const out = new Int32Array(2)
  posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, posix.EPOLLOUT)
  posix.epollWait(epfd, out, 0)
  posix.close(epfd)
  return (out[1]! & posix.EPOLLERR) !== 0
}
