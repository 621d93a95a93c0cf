import * as posix from '@msgr/posix'
import { describe, expect, onTestFinished, test } from 'vitest'
import { signalWakeup } from '../src/index.ts'
import { WakeupFd, wakeupKind, type WakeupKind } from '../src/wakeup-fd.ts'
import { countOpen } from './open-descriptors.ts'

const reason = posix.unavailableReason()
const suffix = reason === undefined ? '' : ` (skipped: ${reason.message})`

const isReadable = (fd: number): boolean =>
  posix.select(Int32Array.of(fd), new Int32Array(0), new Int32Array(2), 0) === 1

test.each<[NodeJS.Platform, WakeupKind]>([
  ['linux', 'eventfd'],
  ['darwin', 'pipe'],
  ['freebsd', 'pipe'],
])('on %s a center is woken through: %s', (platform, kind) => {
  expect(wakeupKind(platform)).toBe(kind)
})

describe.skipIf(reason !== undefined).each(['eventfd', 'pipe'] as const)(
  `descriptors for wake-ups, as %s${suffix}`,
  (kind) => {
    const open = (): WakeupFd => {
      const wakeupFd = new WakeupFd(kind)
      onTestFinished(() => wakeupFd.close())
      return wakeupFd
    }

    test('are readable from the first signal on until they are drained', () => {
      const wakeupFd = open()
      expect(isReadable(wakeupFd.readFd)).toBe(false)
      signalWakeup(wakeupFd.signalFd)
      signalWakeup(wakeupFd.signalFd)
      expect(isReadable(wakeupFd.readFd)).toBe(true)
      wakeupFd.drain()
      expect(isReadable(wakeupFd.readFd)).toBe(false)
    })

    test('may be drained when there is nothing', () => {
      const wakeupFd = open()
      wakeupFd.drain()
      signalWakeup(wakeupFd.signalFd)
      expect(isReadable(wakeupFd.readFd)).toBe(true)
    })

    test('are readable no more once drained, however many signals there were', () => {
      const wakeupFd = open()
      // 512 of them fill what one read takes, and 513 leave one to the next.
      for (const signals of [511, 512, 513, 5_000]) {
        for (let i = 0; i < signals; i++) signalWakeup(wakeupFd.signalFd)
        wakeupFd.drain()
        expect(isReadable(wakeupFd.readFd)).toBe(false)
      }
    })

    test('are given back by close', () => {
      const before = countOpen(kind)
      const wakeupFd = new WakeupFd(kind)
      expect(countOpen(kind)).toBe(before + (kind === 'pipe' ? 2 : 1))
      wakeupFd.close()
      expect(countOpen(kind)).toBe(before)
    })
  },
)

describe.skipIf(reason !== undefined)(`a signal${suffix}`, () => {
  const open = (kind: WakeupKind): WakeupFd => {
    const wakeupFd = new WakeupFd(kind)
    onTestFinished(() => wakeupFd.close())
    return wakeupFd
  }

  test('may be given to a counter that is full', () => {
    const { signalFd, readFd } = open('eventfd')
    const full = new Uint8Array(BigUint64Array.of(0xffff_ffff_ffff_fffen).buffer)
    expect(posix.write(signalFd, full, 0, 8)).toBe(8)
    expect(posix.eventfdWrite(signalFd)).toBe(-posix.EAGAIN)
    signalWakeup(signalFd)
    expect(isReadable(readFd)).toBe(true)
  })

  test('may be given to a pipe that is full, which is drained all the same', () => {
    const wakeupFd = open('pipe')
    const page = new Uint8Array(4_096)
    while (posix.write(wakeupFd.signalFd, page, 0, page.length) > 0);
    signalWakeup(wakeupFd.signalFd)
    wakeupFd.drain()
    expect(isReadable(wakeupFd.readFd)).toBe(false)
  })

  test('needs a descriptor', () => {
    expect(() => signalWakeup(-1)).toThrow(expect.objectContaining({ syscall: 'write', code: 'EBADF' }))
  })
})
