import { once } from 'node:events'
import { isMainThread, Worker } from 'node:worker_threads'
import * as posix from '@msgr/posix'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EVENT_NONE, EVENT_READABLE, EVENT_WRITABLE, type EventDriver } from '../src/index.ts'
import { OWN_FDS } from './open-descriptors.ts'

const BOTH = EVENT_READABLE | EVENT_WRITABLE
/** Ends a wait that should have ended long before, so that a lost event is a failed test and not a hanging one. */
const GIVE_UP_MS = 20_000
/** What an eventfd's counter holds at most; it is not writable then. */
const FULL_COUNTER = 0xffff_ffff_ffff_fffen

/** One driver, and what there is to know about it beforehand. */
export interface DriverUnderTest {
  readonly name: string
  readonly create: () => EventDriver
}

/** What every driver has to do, on the descriptors of a real kernel. Cases named …Test are those of Ceph's own suite. */
export function describeDriver({ name, create }: DriverUnderTest): void {
  const reason = posix.unavailableReason()
  const title = reason === undefined ? `${name} driver` : `${name} driver (skipped: ${reason.message})`

  const open = (): EventDriver => {
    const driver = create()
    onTestFinished(() => driver.close())
    return driver
  }

  describe.skipIf(reason !== undefined)(title, () => {
    test('has its name', () => {
      expect(open().name).toBe(name)
    })

    describeReadiness(open)
    describeSockets(open)
    describeWaiting(open)
    describeMisuse(open)
  })
}

function describeReadiness(open: () => EventDriver): void {
  test('PipeTest: a pipe with unread bytes is readable at every wait, until the event is deleted', () => {
    const driver = open()
    const [readFd, writeFd] = openPipe()
    driver.addEvent(readFd, EVENT_NONE, EVENT_READABLE)
    expect(wait(driver, 0.001)).toEqual([])

    writeByte(writeFd)
    expect(wait(driver)).toEqual([[readFd, EVENT_READABLE]])
    writeByte(writeFd)
    expect(wait(driver)).toEqual([[readFd, EVENT_READABLE]])
    // Level triggered: nothing has come since, but what came is still there.
    expect(wait(driver)).toEqual([[readFd, EVENT_READABLE]])

    driver.delEvent(readFd, EVENT_READABLE, EVENT_READABLE)
    writeByte(writeFd)
    expect(wait(driver, 0)).toEqual([])
  })

  test('a pipe that has been read empty is not readable any more', () => {
    const driver = open()
    const [readFd, writeFd] = openPipe()
    driver.addEvent(readFd, EVENT_NONE, EVENT_READABLE)
    writeByte(writeFd)
    expect(wait(driver)).toEqual([[readFd, EVENT_READABLE]])
    expect(posix.read(readFd, new Uint8Array(8), 0, 8)).toBe(1)
    expect(wait(driver, 0)).toEqual([])
  })

  test('bits are added to, and deleted from, what is watched', () => {
    const driver = open()
    const [fd, peerFd] = openSocketPair()
    writeByte(peerFd)

    driver.addEvent(fd, EVENT_NONE, EVENT_WRITABLE)
    expect(wait(driver)).toEqual([[fd, EVENT_WRITABLE]])
    driver.addEvent(fd, EVENT_WRITABLE, EVENT_READABLE)
    expect(wait(driver)).toEqual([[fd, BOTH]])
    driver.addEvent(fd, BOTH, EVENT_READABLE)
    expect(wait(driver)).toEqual([[fd, BOTH]])
    driver.delEvent(fd, BOTH, EVENT_WRITABLE)
    expect(wait(driver)).toEqual([[fd, EVENT_READABLE]])
    driver.addEvent(fd, EVENT_READABLE, BOTH)
    driver.delEvent(fd, BOTH, BOTH)
    expect(wait(driver, 0)).toEqual([])
  })

  test('a descriptor number that is closed and given again starts anew', () => {
    const driver = open()
    const [first, second] = [closeLater(posix.eventfd()), closeLater(posix.eventfd())]
    const fd = posix.dup(first, OWN_FDS)
    driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)
    posix.eventfdWrite(first)
    expect(wait(driver)).toEqual([[fd, EVENT_READABLE]])
    driver.delEvent(fd, EVENT_READABLE, EVENT_READABLE)
    posix.close(fd)

    expect(closeLater(posix.dup(second, OWN_FDS))).toBe(fd)
    driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)
    expect(wait(driver, 0)).toEqual([])
    posix.eventfdWrite(second)
    expect(wait(driver)).toEqual([[fd, EVENT_READABLE]])
  })

  test('300 descriptors come back, each once, and none that is not ready', () => {
    const driver = open()
    const fds = Array.from({ length: 300 }, () => closeLater(posix.eventfd())).sort((a, b) => a - b)
    for (const fd of fds) driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)
    expect(wait(driver, 0)).toEqual([])

    const ready = fds.filter((_, index) => index % 5 === 0)
    for (const fd of ready) posix.eventfdWrite(fd)
    expect(wait(driver)).toEqual(ready.map((fd) => [fd, EVENT_READABLE]))
    for (const fd of fds) driver.delEvent(fd, EVENT_READABLE, EVENT_READABLE)
    expect(wait(driver, 0)).toEqual([])
  })

  // An eventfd is readable unless its counter is 0, and writable unless it is full: a model without a rest.
  test('any sequence of changes and transfers reports exactly what is watched and ready', () => {
    const index = fc.nat(5)
    const mask = fc.integer({ min: 1, max: 3 })
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), index, mask }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('del' as const), index, mask }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('write' as const), index }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('fill' as const), index }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), index }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), index }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const driver = open()
        const held = Array.from({ length: 6 }, () => ({ fd: posix.eventfd(), mask: 0, counter: 0n }))
        for (const step of steps) {
          const entry = held[step.index]!
          if (step.kind === 'add') {
            driver.addEvent(entry.fd, entry.mask, step.mask)
            entry.mask |= step.mask
          } else if (step.kind === 'del') {
            if (entry.mask !== 0) driver.delEvent(entry.fd, entry.mask, step.mask)
            entry.mask &= ~step.mask
          } else if (step.kind === 'write') {
            if (posix.eventfdWrite(entry.fd) === 0) entry.counter++
          } else if (step.kind === 'fill') {
            addToCounter(entry.fd, FULL_COUNTER - entry.counter)
            entry.counter = FULL_COUNTER
          } else if (step.kind === 'read') {
            posix.read(entry.fd, new Uint8Array(8), 0, 8)
            entry.counter = 0n
          } else {
            if (entry.mask !== 0) driver.delEvent(entry.fd, entry.mask, BOTH)
            posix.close(entry.fd)
            Object.assign(entry, { fd: posix.eventfd(), mask: 0, counter: 0n })
          }
          expect(wait(driver, 0)).toEqual(
            held
              .map(({ fd, mask, counter }) => [
                fd,
                mask & ((counter > 0n ? EVENT_READABLE : 0) | (counter < FULL_COUNTER ? EVENT_WRITABLE : 0)),
              ])
              .filter(([, mask]) => mask !== 0)
              .sort(([a = 0], [b = 0]) => a - b),
          )
        }
        for (const { fd } of held) posix.close(fd)
        driver.close()
      }),
    )
  })
}

function describeSockets(open: () => EventDriver): void {
  test('NetworkSocketTest: thirty echo rounds wake with exactly the mask of what can be done', () => {
    const driver = open()
    const clientDriver = open()
    const listenFd = listenOnLoopback()
    driver.addEvent(listenFd, EVENT_NONE, EVENT_READABLE)
    expect(wait(driver, 0)).toEqual([])

    const clientFd = posix.socket(posix.AF_INET)
    startConnect(clientFd, listenFd)
    expect(wait(driver)).toEqual([[listenFd, EVENT_READABLE]])
    const fd = closeLater(posix.accept(listenFd))
    driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)
    clientDriver.addEvent(clientFd, EVENT_NONE, EVENT_READABLE)
    expect(wait(driver, 0)).toEqual([])

    const buffer = new Uint8Array(64)
    for (let round = 0; round < 30; round++) {
      const banner = Buffer.from(`echo ${round}`)
      expect(posix.send(clientFd, banner, 0, banner.length, false)).toBe(banner.length)
      expect(wait(driver)).toEqual([[fd, EVENT_READABLE]])
      expect(posix.recv(fd, buffer, 0, buffer.length)).toBe(banner.length)
      driver.addEvent(fd, EVENT_READABLE, EVENT_WRITABLE)
      expect(wait(driver)).toEqual([[fd, EVENT_WRITABLE]])
      expect(posix.send(fd, buffer, 0, banner.length, false)).toBe(banner.length)
      driver.delEvent(fd, BOTH, EVENT_WRITABLE)
      expect(wait(driver, 0)).toEqual([])

      expect(wait(clientDriver)).toEqual([[clientFd, EVENT_READABLE]])
      buffer.fill(0)
      expect(posix.recv(clientFd, buffer, 0, buffer.length)).toBe(banner.length)
      expect(Buffer.from(buffer.subarray(0, banner.length))).toEqual(banner)
    }

    clientDriver.delEvent(clientFd, EVENT_READABLE, EVENT_READABLE)
    posix.close(clientFd)
    expect(wait(driver)).toEqual([[fd, EVENT_READABLE]])
    expect(posix.recv(fd, buffer, 0, buffer.length)).toBe(0)
  })

  test('a connect that is refused makes the socket readable and writable', () => {
    const driver = open()
    const listenFd = posix.socket(posix.AF_INET)
    posix.bind(listenFd, { address: '127.0.0.1', port: 0, family: 4 })
    const fd = closeLater(posix.socket(posix.AF_INET))
    startConnect(fd, listenFd)
    driver.addEvent(fd, EVENT_NONE, BOTH)
    expect(wait(driver)).toEqual([[fd, BOTH]])
    expect(posix.socketError(fd)).toBe(-posix.ECONNREFUSED)
    posix.close(listenFd)
  })

  test.each([EVENT_READABLE, EVENT_WRITABLE, BOTH])('a reset connection wakes whoever watches for mask %i', (mask) => {
    const driver = open()
    const [fd, peerFd] = connectOverLoopback(open())
    driver.addEvent(fd, EVENT_NONE, mask)
    posix.setLinger(peerFd, 0)
    posix.close(peerFd)
    expect(wait(driver).map(([firedFd, fired = 0]) => [firedFd, fired & mask])).toEqual([[fd, mask]])
    expect(posix.recv(fd, new Uint8Array(8), 0, 8)).toBe(-posix.ECONNRESET)
  })

  test('a pipe whose writer is gone wakes the reader, who finds the end', () => {
    const driver = open()
    const [readFd, writeFd] = posix.pipe()
    closeLater(readFd)
    driver.addEvent(readFd, EVENT_NONE, EVENT_READABLE)
    posix.close(writeFd)
    expect(wait(driver).map(([fd, mask = 0]) => [fd, mask & EVENT_READABLE])).toEqual([[readFd, EVENT_READABLE]])
    expect(posix.read(readFd, new Uint8Array(8), 0, 8)).toBe(0)
  })

  test('a full pipe whose reader is gone wakes the writer, who finds the error', () => {
    const driver = open()
    const [readFd, writeFd] = posix.pipe()
    closeLater(writeFd)
    const page = new Uint8Array(4_096)
    while (posix.write(writeFd, page, 0, page.length) > 0);
    driver.addEvent(writeFd, EVENT_NONE, EVENT_WRITABLE)
    expect(wait(driver, 0)).toEqual([])
    posix.close(readFd)
    expect(wait(driver).map(([fd, mask = 0]) => [fd, mask & EVENT_WRITABLE])).toEqual([[writeFd, EVENT_WRITABLE]])
    expect(posix.write(writeFd, page, 0, page.length)).toBe(-posix.EPIPE)
  })
}

function describeWaiting(open: () => EventDriver): void {
  test('a wait without an end lasts until another thread makes a descriptor ready', async () => {
    const driver = open()
    const fd = closeLater(posix.eventfd())
    driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)
    const worker = new Worker(
      `const { workerData } = require('node:worker_threads')
       const one = new BigUint64Array([1n])
       require('node:fs').writeSync(workerData, new Uint8Array(one.buffer))`,
      { eval: true, workerData: fd },
    )
    expect(wait(driver, Infinity)).toEqual([[fd, EVENT_READABLE]])
    await once(worker, 'exit')
  })

  test('a wait for nothing ends when its time is up', () => {
    const driver = open()
    const before = performance.now()
    expect(wait(driver, 3)).toEqual([])
    expect(performance.now() - before).toBeGreaterThanOrEqual(3)
  })

  test('a wait that a signal interrupts finds nothing', async () => {
    // The kernel gives a signal to the main thread if that takes it. A wait without an end cannot end otherwise.
    expect(isMainThread).toBe(true)
    const onSignal = (): void => undefined
    process.on('SIGUSR2', onSignal)
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(
      `const { workerData: stop } = require('node:worker_threads')
       while (Atomics.load(stop, 0) === 0) {
         process.kill(process.pid, 'SIGUSR2')
         Atomics.wait(stop, 0, 0, 1)
       }`,
      { eval: true, workerData: stop },
    )
    try {
      expect(wait(open(), Infinity)).toEqual([])
    } finally {
      Atomics.store(stop, 0, 1)
      Atomics.notify(stop, 0)
      await once(worker, 'exit')
      process.off('SIGUSR2', onSignal)
    }
  })
}

function describeMisuse(open: () => EventDriver): void {
  test('close leaves the watched descriptors open, and may be called twice', () => {
    const driver = open()
    const [readFd, writeFd] = openPipe()
    driver.addEvent(readFd, EVENT_NONE, EVENT_READABLE)
    driver.close()
    driver.close()
    writeByte(writeFd)
    expect(posix.read(readFd, new Uint8Array(8), 0, 8)).toBe(1)
  })

  test('resizeEvents is no more than a hint', () => {
    const driver = open()
    const fd = closeLater(posix.eventfd())
    driver.resizeEvents(1)
    driver.addEvent(fd, EVENT_NONE, EVENT_WRITABLE)
    driver.resizeEvents(100_000)
    expect(wait(driver)).toEqual([[fd, EVENT_WRITABLE]])
  })
}

/** The pairs that one wait finds, in ascending order of the descriptors. */
function wait(driver: EventDriver, timeoutMs = GIVE_UP_MS): number[][] {
  const count = driver.eventWait(timeoutMs)
  const pairs = Array.from({ length: count }, (_, i) => [...driver.fired.subarray(2 * i, 2 * i + 2)])
  return pairs.sort(([a = 0], [b = 0]) => a - b)
}

function closeLater(fd: number): number {
  onTestFinished(() => posix.close(fd))
  return fd
}

function openPipe(): [readFd: number, writeFd: number] {
  const [readFd, writeFd] = posix.pipe()
  return [closeLater(readFd), closeLater(writeFd)]
}

function openSocketPair(): [fd: number, fd: number] {
  const [fd, peerFd] = posix.socketPair()
  return [closeLater(fd), closeLater(peerFd)]
}

function writeByte(fd: number): void {
  expect(posix.write(fd, Uint8Array.of(1), 0, 1)).toBe(1)
}

function addToCounter(fd: number, amount: bigint): void {
  const bytes = new Uint8Array(BigUint64Array.of(amount).buffer)
  if (amount > 0n) expect(posix.write(fd, bytes, 0, 8)).toBe(8)
}

function listenOnLoopback(): number {
  const fd = closeLater(posix.socket(posix.AF_INET))
  posix.bind(fd, { address: '127.0.0.1', port: 0, family: 4 })
  posix.listen(fd, 16)
  return fd
}

function startConnect(fd: number, listenFd: number): void {
  expect([0, -posix.EINPROGRESS]).toContain(posix.connect(fd, posix.getSockName(listenFd)))
}

/** Two ends of one TCP connection. The second is the caller's to close. */
function connectOverLoopback(driver: EventDriver): [fd: number, peerFd: number] {
  const listenFd = listenOnLoopback()
  const peerFd = posix.socket(posix.AF_INET)
  driver.addEvent(listenFd, EVENT_NONE, EVENT_READABLE)
  startConnect(peerFd, listenFd)
  expect(wait(driver)).toEqual([[listenFd, EVENT_READABLE]])
  const fd = closeLater(posix.accept(listenFd))
  driver.delEvent(listenFd, EVENT_READABLE, EVENT_READABLE)
  return [fd, peerFd]
}
