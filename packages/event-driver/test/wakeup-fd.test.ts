import * as posix from '@msgr/posix'
import { describe, expect, onTestFinished, test } from 'vitest'
import { signalWakeup } from '../src/index.ts'
import { WakeupFd } from '../src/wakeup-fd.ts'
import { countOpen } from './open-descriptors.ts'

const reason = posix.unavailableReason()
const suffix = reason === undefined ? '' : ` (skipped: ${reason.message})`

describe.skipIf(reason !== undefined)(`the descriptor for wake-ups${suffix}`, () => {
  const open = (): WakeupFd => {
    const wakeupFd = new WakeupFd()
    onTestFinished(() => wakeupFd.close())
    return wakeupFd
  }
  const isReadable = (fd: number): boolean =>
    posix.select(Int32Array.of(fd), new Int32Array(0), new Int32Array(2), 0) === 1

  test('is readable from the first signal on until it is drained', () => {
    const wakeupFd = open()
    expect(isReadable(wakeupFd.fd)).toBe(false)
    signalWakeup(wakeupFd.fd)
    signalWakeup(wakeupFd.fd)
    expect(isReadable(wakeupFd.fd)).toBe(true)
    wakeupFd.drain()
    expect(isReadable(wakeupFd.fd)).toBe(false)
  })

  test('may be drained when there is nothing', () => {
    const wakeupFd = open()
    wakeupFd.drain()
    signalWakeup(wakeupFd.fd)
    expect(isReadable(wakeupFd.fd)).toBe(true)
  })

  test('may be signalled when its counter is full', () => {
    const wakeupFd = open()
    const full = new Uint8Array(BigUint64Array.of(0xffff_ffff_ffff_fffen).buffer)
    expect(posix.write(wakeupFd.fd, full, 0, 8)).toBe(8)
    expect(posix.eventfdWrite(wakeupFd.fd)).toBe(-posix.EAGAIN)
    signalWakeup(wakeupFd.fd)
    expect(isReadable(wakeupFd.fd)).toBe(true)
  })

  test('is given back by close', () => {
    const before = countOpen('eventfd')
    const wakeupFd = new WakeupFd()
    expect(countOpen('eventfd')).toBe(before + 1)
    wakeupFd.close()
    expect(countOpen('eventfd')).toBe(before)
  })

  test('has to be one to be signalled', () => {
    expect(() => signalWakeup(-1)).toThrow(expect.objectContaining({ syscall: 'write', code: 'EBADF' }))
  })
})
