import { readFileSync } from 'node:fs'
import * as posix from '@msgr/posix'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EVENT_NONE, EVENT_READABLE, EVENT_WRITABLE, KqueueDriver, type KqueueCalls } from '../src/index.ts'
import { describeDriver } from './driver-suite.ts'
import { KeventModel } from './kevent-model.ts'
import { countOpen, OWN_FDS } from './open-descriptors.ts'

const BOTH = EVENT_READABLE | EVENT_WRITABLE
const { EV_ADD, EV_DELETE, EV_EOF, EV_ERROR, EVFILT_READ, EVFILT_WRITE } = posix

describeDriver({ name: 'kqueue', create: () => new KqueueDriver(new KeventModel()) })

/** One event of the kernel: [descriptor, filter, flags]. */
type Kevent = readonly [fd: number, filter: number, flags: number]

/** Calls that answer what a test has laid down, and take down what they are asked. */
class ScriptedCalls implements KqueueCalls {
  readonly changes: number[][] = []
  readonly waits: number[] = []
  readonly closed: number[] = []
  events: readonly Kevent[] = []
  waitResult: number | undefined
  /** The answer to a change, for each of them. */
  answer: (fd: number, filter: number, flags: number) => number = () => 0

  kqueue(): number {
    return 77
  }

  keventChange(kqueueFd: number, fd: number, filter: number, flags: number): number {
    this.changes.push([kqueueFd, fd, filter, flags])
    return this.answer(fd, filter, flags)
  }

  keventWait(kqueueFd: number, out: Int32Array, timeoutMs: number): number {
    this.waits.push(kqueueFd, timeoutMs)
    if (this.waitResult !== undefined) return this.waitResult
    this.events.forEach((event, index) => out.set(event, 3 * index))
    return this.events.length
  }

  close(fd: number): void {
    this.closed.push(fd)
  }
}

/** The pairs that a driver makes of what the kernel reports, in its order. */
function pairsOf(events: readonly Kevent[]): number[][] {
  const calls = new ScriptedCalls()
  const driver = new KqueueDriver(calls)
  for (const [fd, filter] of events) driver.addEvent(fd, EVENT_NONE, filter === EVFILT_READ ? 1 : 2)
  calls.events = events
  const count = driver.eventWait(0)
  return Array.from({ length: count }, (_, i) => [...driver.fired.subarray(2 * i, 2 * i + 2)])
}

const EV_CLEAR = 0x0020
const EV_RECEIPT = 0x0040
const NUMBERS: Readonly<Record<string, number>> = {
  READ: EVFILT_READ,
  WRITE: EVFILT_WRITE,
  EV_ERROR,
  EV_EOF,
  EV_CLEAR,
  EV_RECEIPT,
  0: 0,
}

function parseRecord(line: string): [line: string, events: Kevent[], pairs: number[][]] {
  const [events = '', pairs = ''] = line.split(' => ')
  return [
    line,
    events.split(', ').map((event) => {
      const [fd, filter = '', flags = ''] = event.split(' ')
      return [Number(fd), NUMBERS[filter]!, flags.split('|').reduce((sum, flag) => sum | NUMBERS[flag]!, 0)]
    }),
    pairs.split(' ').map((pair) => pair.split(':').map(Number)),
  ]
}

describe('what kevent reports becomes pairs', () => {
  const golden = readFileSync(new URL('golden/kevent-results.txt', import.meta.url), 'utf8')
  const records = golden.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

  test.each(records.map(parseRecord))('recorded: %s', (_, events, pairs) => {
    expect(pairsOf(events)).toEqual(pairs)
  })

  test.each<[what: string, events: Kevent[], pairs: number[][]]>([
    ['nothing', [], []],
    [
      'a socket whose connection was reset',
      [
        [5, EVFILT_READ, EV_EOF],
        [5, EVFILT_WRITE, EV_EOF],
      ],
      [[5, BOTH]],
    ],
    ['the same, watched for writing', [[5, EVFILT_WRITE, EV_EOF]], [[5, EVENT_WRITABLE]]],
    ['an error of a write filter', [[5, EVFILT_WRITE, EV_ERROR]], [[5, BOTH]]],
    [
      'two filters of two descriptors in turns',
      [
        [5, EVFILT_READ, 0],
        [4, EVFILT_WRITE, 0],
        [5, EVFILT_WRITE, 0],
        [4, EVFILT_READ, 0],
      ],
      [
        [5, BOTH],
        [4, BOTH],
      ],
    ],
  ])('as kevent(2) describes it: %s', (_, events, pairs) => {
    expect(pairsOf(events)).toEqual(pairs)
  })

  // Against a table by descriptor. Waits follow each other, so that what is left of one must not disturb the next.
  test('any events of any waits, one pair for each descriptor in the order of their first events', () => {
    const event = fc.tuple(fc.nat(12), fc.constantFrom(EVFILT_READ, EVFILT_WRITE), fc.constantFrom(0, EV_EOF, EV_ERROR))
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 12 }), { maxLength: 6 }), (waits) => {
        const calls = new ScriptedCalls()
        const driver = new KqueueDriver(calls)
        for (const events of waits) {
          calls.events = events
          const expected = new Map<number, number>()
          for (const [fd, filter, flags] of events) {
            const mask = flags === EV_ERROR ? BOTH : filter === EVFILT_READ ? EVENT_READABLE : EVENT_WRITABLE
            expected.set(fd, (expected.get(fd) ?? 0) | mask)
          }
          const count = driver.eventWait(0)
          expect([...driver.fired.subarray(0, 2 * count)]).toEqual([...expected].flat())
        }
      }),
    )
  })

  test('descriptors beyond every number so far keep their two filters together', () => {
    const fds = [1_023, 1_024, 5_000, 100_000]
    expect(pairsOf([EVFILT_READ, EVFILT_WRITE].flatMap((filter) => fds.map((fd): Kevent => [fd, filter, 0])))).toEqual(
      fds.map((fd) => [fd, BOTH]),
    )
  })
})

describe('what the kernel is asked', () => {
  const open = (): { calls: ScriptedCalls; driver: KqueueDriver } => {
    const calls = new ScriptedCalls()
    return { calls, driver: new KqueueDriver(calls) }
  }

  test('is one filter for each bit that is new, level triggered, and each that is gone', () => {
    const { calls, driver } = open()
    driver.addEvent(9, EVENT_NONE, EVENT_READABLE)
    driver.addEvent(9, EVENT_READABLE, BOTH)
    driver.addEvent(9, BOTH, EVENT_WRITABLE)
    driver.delEvent(9, BOTH, EVENT_READABLE)
    driver.delEvent(9, EVENT_WRITABLE, BOTH)
    driver.addEvent(9, EVENT_NONE, BOTH)
    expect(calls.changes).toEqual([
      [77, 9, EVFILT_READ, EV_ADD],
      [77, 9, EVFILT_WRITE, EV_ADD],
      [77, 9, EVFILT_READ, EV_DELETE],
      [77, 9, EVFILT_WRITE, EV_DELETE],
      [77, 9, EVFILT_READ, EV_ADD],
      [77, 9, EVFILT_WRITE, EV_ADD],
    ])
  })

  test('is to wait for whole milliseconds, rounded up, or without an end', () => {
    const { calls, driver } = open()
    for (const timeoutMs of [0, 0.5, 30_000, Infinity]) driver.eventWait(timeoutMs)
    expect(calls.waits).toEqual([77, 0, 77, 1, 77, 30_000, 77, -1])
  })

  test('an interrupted wait has found nothing, and one that fails throws', () => {
    const { calls, driver } = open()
    calls.waitResult = -posix.EINTR
    expect(driver.eventWait(Infinity)).toBe(0)
    calls.waitResult = -posix.EBADF
    expect(() => driver.eventWait(0)).toThrow(expect.objectContaining({ syscall: 'kevent', code: 'EBADF' }))
  })

  test('a filter that went with its descriptor counts as deleted, and the other is deleted all the same', () => {
    const { calls, driver } = open()
    for (const errno of [posix.ENOENT, posix.EBADF]) {
      calls.changes.length = 0
      calls.answer = () => -errno
      driver.delEvent(9, BOTH, BOTH)
      expect(calls.changes).toHaveLength(2)
    }
    calls.answer = () => -posix.ENOMEM
    expect(() => driver.delEvent(9, BOTH, BOTH)).toThrow(expect.objectContaining({ syscall: 'kevent', code: 'ENOMEM' }))
  })

  test('a descriptor that gets no write filter keeps no read filter that was not there before', () => {
    const { calls, driver } = open()
    calls.answer = (_, filter, flags) => (filter === EVFILT_WRITE && flags === EV_ADD ? -posix.EPIPE : 0)
    const refused = expect.objectContaining({ code: 'EPIPE', message: 'kevent descriptor 9 failed: EPIPE' }) as Error
    expect(() => driver.addEvent(9, EVENT_NONE, BOTH)).toThrow(refused)
    expect(calls.changes.at(-1)).toEqual([77, 9, EVFILT_READ, EV_DELETE])
    driver.addEvent(9, EVENT_NONE, EVENT_READABLE)
    expect(() => driver.addEvent(9, EVENT_READABLE, BOTH)).toThrow(refused)
    expect(calls.changes.at(-1)).toEqual([77, 9, EVFILT_WRITE, EV_ADD])
  })

  test('close gives the queue back once', () => {
    const { calls, driver } = open()
    expect(driver.pollFd).toBe(77)
    driver.close()
    driver.close()
    expect(calls.closed).toEqual([77])
    expect(driver.pollFd).toBe(-1)
  })
})

const reason = posix.unavailableReason()

describe.skipIf(reason !== undefined)(
  `kqueue alone, on the model${reason === undefined ? '' : ` (skipped: ${reason.message})`}`,
  () => {
    const open = (model = new KeventModel()): KqueueDriver => {
      const driver = new KqueueDriver(model)
      onTestFinished(() => driver.close())
      return driver
    }
    const closeLater = (fd: number): number => {
      onTestFinished(() => posix.close(fd))
      return fd
    }

    test('without a model it takes the kernel, and Linux has no kqueue', () => {
      expect(() => new KqueueDriver()).toThrow(expect.objectContaining({ code: 'ERR_POSIX_UNAVAILABLE' }))
    })

    test('the end of a stream is readable and no more, while the other direction is open', () => {
      const driver = open()
      const [fd, peerFd] = posix.socketPair().map(closeLater) as [number, number]
      const full = new Uint8Array(65_536)
      while (posix.send(fd, full, 0, full.length, false) > 0);
      driver.addEvent(fd, EVENT_NONE, BOTH)
      posix.shutdown(peerFd, posix.SHUT_WR)
      expect(driver.eventWait(20_000)).toBe(1)
      expect([...driver.fired.subarray(0, 2)]).toEqual([fd, EVENT_READABLE])
    })

    test('a pipe that nobody reads cannot be watched for writing', () => {
      const driver = open()
      const [readFd, writeFd] = posix.pipe()
      closeLater(writeFd)
      posix.close(readFd)
      expect(() => driver.addEvent(writeFd, EVENT_NONE, EVENT_WRITABLE)).toThrow(
        expect.objectContaining({ syscall: 'kevent', code: 'EPIPE' }),
      )
      expect(driver.eventWait(0)).toBe(0)
    })

    test('1500 descriptors that are ready for both come in turns, so that a few waits have reported every one', () => {
      const driver = open()
      const fds = Array.from({ length: 1_500 }, () => closeLater(posix.eventfd()))
      for (const fd of fds) {
        driver.addEvent(fd, EVENT_NONE, BOTH)
        posix.eventfdWrite(fd)
      }
      const reported = new Map<number, number>()
      for (let waits = 0; waits < 4; waits++) {
        const count = driver.eventWait(0)
        expect(count).toBeGreaterThanOrEqual(512)
        for (let i = 0; i < 2 * count; i += 2) {
          const fd = driver.fired[i]!
          reported.set(fd, (reported.get(fd) ?? 0) | driver.fired[i + 1]!)
        }
      }
      expect(reported).toEqual(new Map(fds.map((fd) => [fd, BOTH])))
    })

    test('pollFd is readable for as long as anything in the set is ready', () => {
      const inner = open()
      const fd = closeLater(posix.eventfd())
      inner.addEvent(fd, EVENT_NONE, EVENT_READABLE)
      const isReadable = (): boolean =>
        posix.select(Int32Array.of(inner.pollFd), new Int32Array(0), new Int32Array(2), 0) === 1
      expect(isReadable()).toBe(false)
      posix.eventfdWrite(fd)
      for (let waits = 0; waits < 3; waits++) {
        expect(isReadable()).toBe(true)
        expect(inner.eventWait(0)).toBe(1)
      }
      posix.eventfdRead(fd)
      expect(isReadable()).toBe(false)
    })

    test('a descriptor that was closed while it was watched may be deleted, and its number watched anew', () => {
      const driver = open()
      const first = posix.eventfd()
      const fd = posix.dup(first, OWN_FDS)
      posix.close(first)
      driver.addEvent(fd, EVENT_NONE, BOTH)
      posix.close(fd)
      driver.delEvent(fd, BOTH, BOTH)

      const other = closeLater(posix.eventfd())
      expect(closeLater(posix.dup(other, OWN_FDS))).toBe(fd)
      driver.delEvent(fd, BOTH, BOTH)
      driver.addEvent(fd, EVENT_NONE, EVENT_READABLE)
      posix.eventfdWrite(other)
      expect(driver.eventWait(0)).toBe(1)
      expect([...driver.fired.subarray(0, 2)]).toEqual([fd, EVENT_READABLE])
      expect(() => driver.addEvent(-1, EVENT_NONE, EVENT_READABLE)).toThrow(expect.objectContaining({ code: 'EBADF' }))
    })

    test('close gives the descriptor back, and what is called later fails', () => {
      const before = countOpen('eventpoll')
      const driver = open()
      expect(countOpen('eventpoll')).toBe(before + 1)
      driver.close()
      expect(countOpen('eventpoll')).toBe(before)
      const badDescriptor = expect.objectContaining({ code: 'EBADF' }) as Error
      expect(() => driver.addEvent(closeLater(posix.eventfd()), EVENT_NONE, EVENT_WRITABLE)).toThrow(badDescriptor)
      expect(() => driver.eventWait(0)).toThrow(badDescriptor)
    })
  },
)
