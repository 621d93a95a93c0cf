import * as posix from '@msgr/posix'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EpollDriver, EVENT_READABLE, EventCenter, SelectDriver, type EventCenterOptions } from '../src/index.ts'
import { describeCenter } from './center-suite.ts'

describeCenter('epoll', () => new EpollDriver())
describeCenter('select', () => new SelectDriver())

const reason = posix.unavailableReason()
const suffix = reason === undefined ? '' : ` (skipped: ${reason.message})`

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
