import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import * as posix from '@msgr/posix'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  EpollDriver,
  EVENT_READABLE,
  EventCenter,
  KqueueDriver,
  SelectDriver,
  type EventCenterOptions,
} from '../src/index.ts'
import { describeCenter } from './center-suite.ts'
import { KeventModel } from './kevent-model.ts'
import { countOpen } from './open-descriptors.ts'

describeCenter('epoll', () => new EpollDriver())
describeCenter('kqueue', () => new KqueueDriver(new KeventModel()))
describeCenter('select', () => new SelectDriver())

/** Ends a wait that should have ended long before, so that a lost wake-up is a failed test and not a hanging one. */
const GIVE_UP_MS = 5_000

const reason = posix.unavailableReason()
const suffix = reason === undefined ? '' : ` (skipped: ${reason.message})`

// All that a center asks of the system's name is what it is woken through.
test.skipIf(reason !== undefined)(
  `elsewhere than on Linux a pipe wakes a center from another thread${suffix}`,
  async () => {
    const realPlatform = Object.getOwnPropertyDescriptor(process, 'platform')!
    const center = new EventCenter(new KqueueDriver(new KeventModel()))
    onTestFinished(() => center.close())
    const before = countOpen('pipe')
    Object.defineProperty(process, 'platform', { ...realPlatform, value: 'freebsd' })
    const wakeupFd = center.openWakeupFd()
    Object.defineProperty(process, 'platform', realPlatform)
    expect(countOpen('pipe')).toBe(before + 2)

    const worker = new Worker(
      `const { workerData: wakeupFd } = require('node:worker_threads')
     for (let i = 0; i < 100; i++) require('node:fs').writeSync(wakeupFd, new Uint8Array(new BigUint64Array([1n]).buffer))`,
      { eval: true, workerData: wakeupFd },
    )
    expect(center.processEvents(GIVE_UP_MS)).toBe(1)
    await once(worker, 'exit')
    while (center.processEvents(0) > 0);
    center.wakeup()
    expect(center.processEvents(GIVE_UP_MS)).toBe(1)
    expect(center.processEvents(0)).toBe(0)
    expect(center.fileEventCount).toBe(0)
  },
)

/** A host as the messenger's is: libuv waits, `onWakeup` asks for a turn, a timer of Node stands for the first of ours. */
class InlineHost {
  readonly center: EventCenter
  readonly #watch: posix.Watch
  #timer: NodeJS.Timeout | undefined
  #asked = false

  constructor(options: EventCenterOptions = {}) {
    const driver = new EpollDriver()
    this.center = new EventCenter(driver, { ...options, onWakeup: () => this.#ask() })
    this.#watch = posix.watch(driver.pollFd, () => this.#turn())
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#watch.close()
    this.center.close()
  }

  #ask(): void {
    if (this.#asked) return
    this.#asked = true
    setImmediate(() => {
      this.#asked = false
      if (this.#watch.isOpen) this.#turn()
    })
  }

  #turn(): void {
    this.center.processEvents(0)
    clearTimeout(this.#timer)
    if (this.center.hasExternalEvents) this.#ask()
    const delayMs = this.center.nextTimeEventMs
    if (delayMs !== undefined) this.#timer = setTimeout(() => this.#turn(), Math.ceil(delayMs))
  }
}

describe.skipIf(reason !== undefined)(`a center on libuv's loop${suffix}`, () => {
  const open = (): InlineHost => {
    const host = new InlineHost()
    onTestFinished(() => host.close())
    return host
  }

  test('a ready descriptor gets its turn, again and again until it is read', async () => {
    const { center } = open()
    const fd = posix.eventfd()
    onTestFinished(() => posix.close(fd))
    posix.eventfdWrite(fd, 5)
    await new Promise<void>((resolve) => {
      let calls = 0
      center.createFileEvent(fd, EVENT_READABLE, () => {
        if (++calls < 3) return
        expect(posix.eventfdRead(fd)).toBe(5)
        resolve()
      })
    })
  })

  test('external events and timers get their turn without a descriptor', async () => {
    const { center } = open()
    await new Promise<void>((resolve) => {
      center.dispatchEventExternal(() => center.dispatchEventExternal(() => resolve()))
    })
    await new Promise<void>((resolve) => {
      center.createTimeEvent(1, () => void center.createTimeEvent(0, () => resolve()))
    })
    expect([center.hasExternalEvents, center.timeEventCount]).toEqual([false, 0])
  })

  test('a timer that is due before the one already waited for is not late for it', async () => {
    const { center } = open()
    center.createTimeEvent(1e9, () => undefined)
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise<void>((resolve) => void center.createTimeEvent(1, () => resolve()))
    expect(center.timeEventCount).toBe(1)
  })
})
