import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import * as posix from '@msgr/posix'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EVENT_READABLE, EVENT_WRITABLE, EventCenter, type EventCenterOptions, type EventDriver } from '../src/index.ts'
import { countOpen, OWN_FDS } from './open-descriptors.ts'

/** Ends a wait that should have ended long before, so that a lost wake-up is a failed test and not a hanging one. */
const GIVE_UP_MS = 20_000

/** What an event center has to do on every driver of a real kernel. */
export function describeCenter(name: string, create: () => EventDriver): void {
  const reason = posix.unavailableReason()
  const suffix = reason === undefined ? '' : ` (skipped: ${reason.message})`

  describe.skipIf(reason !== undefined)(`event center on ${name}${suffix}`, () => {
    const open = (options: EventCenterOptions = {}): EventCenter => {
      const center = new EventCenter(create(), options)
      onTestFinished(() => center.close())
      return center
    }
    describeFiles(open)
    describeWakeups(open)
  })
}

function describeFiles(open: (options?: EventCenterOptions) => EventCenter): void {
  test('FileEventExpansion: 300 sockets are watched by a center that began with room for 100', () => {
    const center = open({ capacity: 100 })
    const fds = Array.from({ length: 300 }, () => closeLater(posix.socket(posix.AF_INET)))
    for (const fd of fds) center.createFileEvent(fd, EVENT_READABLE, () => undefined)
    expect(center.fileEventCount).toBe(300)
    for (const fd of fds) center.deleteFileEvent(fd, EVENT_READABLE)
    expect(center.fileEventCount).toBe(0)
    expect(center.processEvents(0)).toBe(0)
  })

  test('one read for each wake-up is enough, as what is left wakes again', () => {
    const center = open()
    const [fd, peerFd] = openSocketPair()
    const sent = Buffer.from('five bytes at a time')
    const received: string[] = []
    const buffer = Buffer.alloc(5)
    center.createFileEvent(fd, EVENT_READABLE, () => {
      received.push(buffer.toString('latin1', 0, posix.recv(fd, buffer, 0, buffer.length)))
    })
    expect(posix.send(peerFd, sent, 0, sent.length, false)).toBe(sent.length)
    while (center.processEvents(0) > 0);
    expect(received).toEqual(['five ', 'bytes', ' at a', ' time'])
  })

  test('a descriptor that a callback deletes, closes and opens anew is not called for its predecessor', () => {
    const center = open()
    const ready = closeLater(posix.eventfd())
    posix.eventfdWrite(ready)
    const [first, second] = [closeLater(posix.dup(ready, OWN_FDS)), closeLater(posix.dup(ready, OWN_FDS))]
    const calls: string[] = []
    const reopenOther = (fd: number): void => {
      calls.push('reader')
      const other = fd === first ? second : first
      center.deleteFileEvent(fd, EVENT_READABLE)
      center.deleteFileEvent(other, EVENT_READABLE)
      posix.close(other)
      expect(posix.dup(ready, OWN_FDS)).toBe(other)
      center.createFileEvent(other, EVENT_WRITABLE, () => calls.push('new writer'))
    }
    center.createFileEvent(first, EVENT_READABLE, reopenOther)
    center.createFileEvent(second, EVENT_READABLE, reopenOther)

    // Both have fired, but the later one is another's by the time that its turn comes.
    expect(center.processEvents(0)).toBe(2)
    expect(calls).toEqual(['reader'])
    expect(center.processEvents(0)).toBe(1)
    expect(calls).toEqual(['reader', 'new writer'])
  })

  test('close leaves the watched descriptors open', () => {
    const center = open()
    const fd = closeLater(posix.eventfd())
    center.createFileEvent(fd, EVENT_WRITABLE, () => undefined)
    center.close()
    expect(posix.eventfdWrite(fd, 3)).toBe(0)
    expect(posix.eventfdRead(fd)).toBe(3)
  })
}

function describeWakeups(open: (options?: EventCenterOptions) => EventCenter): void {
  test('DispatchTest: ten thousand external events to each of two centers all run, one round after the other', () => {
    const centers = [open(), open()]
    let pending = 0
    for (let round = 0; round < 10_000; round++) {
      for (const center of centers) {
        pending++
        center.dispatchEventExternal(() => pending--)
      }
      for (const center of centers) center.processEvents(GIVE_UP_MS)
      if (pending !== 0) throw new Error(`round ${round}: expected no event to be left, got ${pending}`)
    }
    expect(centers.map((center) => center.processEvents(0))).toEqual([0, 0])
  })

  test('ten thousand wake-ups from another thread all end a wait', async () => {
    const rounds = 10_000
    const center = open()
    const cells = new Int32Array(new SharedArrayBuffer(8)) // [work pending, rounds answered]
    const worker = new Worker(
      `const { workerData: { cells, wakeupFd, rounds } } = require('node:worker_threads')
       const { writeSync } = require('node:fs')
       const one = new Uint8Array(new BigUint64Array([1n]).buffer)
       for (let round = 0; round < rounds; round++) {
         Atomics.add(cells, 0, 1)
         writeSync(wakeupFd, one)
         // The main thread's call for the round before may come only now.
         while (Atomics.load(cells, 1) === round) Atomics.wait(cells, 1, round)
       }`,
      { eval: true, workerData: { cells, wakeupFd: center.openWakeupFd(), rounds } },
    )
    for (let round = 0; round < rounds; round++) {
      // Exactly one: the wake-up of this round, neither lost nor left over from the one before.
      if (center.processEvents(GIVE_UP_MS) !== 1) throw new Error(`round ${round}: expected a wake-up, got none`)
      const pending = Atomics.sub(cells, 0, 1)
      if (pending !== 1) throw new Error(`round ${round}: expected work for one wake-up, got ${pending}`)
      Atomics.store(cells, 1, round + 1)
      Atomics.notify(cells, 1)
    }
    await once(worker, 'exit')
    expect(center.processEvents(0)).toBe(0)
  })

  test('wakeup ends the next wait, once, however often it was called', () => {
    const center = open()
    center.wakeup()
    center.wakeup()
    expect(center.processEvents(GIVE_UP_MS)).toBe(1)
    expect(center.processEvents(0)).toBe(0)
  })

  test('wakeup by a callback ends the next wait', () => {
    const center = open()
    center.dispatchEventExternal(() => center.wakeup())
    expect(center.processEvents(0)).toBe(1)
    expect(center.processEvents(GIVE_UP_MS)).toBe(1)
  })

  test('wakeup tells the host as well', () => {
    let told = 0
    const center = open({ onWakeup: () => (told += 1) })
    center.wakeup()
    expect(told).toBe(1)
  })

  test('the descriptor for wake-ups is made once, is not counted, and is closed with the center', () => {
    const center = open()
    const idle = closeLater(posix.eventfd())
    const before = countOpen('eventfd')
    const fd = center.openWakeupFd()
    expect(center.openWakeupFd()).toBe(fd)
    expect(countOpen('eventfd')).toBe(before + 1)
    expect(center.fileEventCount).toBe(0)
    center.createFileEvent(idle, EVENT_READABLE, () => undefined)
    expect(center.fileEventCount).toBe(1)

    center.close()
    expect(countOpen('eventfd')).toBe(before)
  })

  test('a center that nobody wakes from outside needs no descriptor of its own', () => {
    const center = open()
    const before = countOpen('eventfd')
    center.dispatchEventExternal(() => undefined)
    center.createTimeEvent(0, () => undefined)
    expect(center.processEvents(GIVE_UP_MS)).toBe(2)
    expect(countOpen('eventfd')).toBe(before)
  })
}

function closeLater(fd: number): number {
  onTestFinished(() => posix.close(fd))
  return fd
}

function openSocketPair(): [fd: number, fd: number] {
  const [fd, peerFd] = posix.socketPair()
  return [closeLater(fd), closeLater(peerFd)]
}
