import { MPing } from '@msgr/message'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DelayLine } from '../src/delay-line.ts'
import { ManualTimers } from './manual-timers.ts'

function numbered(tid: number): MPing {
  const message = new MPing()
  message.tid = BigInt(tid)
  return message
}

test('messages keep their order and wait at least as long as they should, whatever the delays', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ delayMs: fc.nat(20), gapMs: fc.nat(10) }), { maxLength: 50 }), (arrivals) => {
      const timers = new ManualTimers()
      const delivered: { tid: number; atMs: number }[] = []
      const line = new DelayLine(timers, ({ tid }) => delivered.push({ tid: Number(tid), atMs: timers.now() }))
      const dueMs = arrivals.map(({ delayMs, gapMs }, tid) => {
        timers.advance(gapMs)
        line.add(numbered(tid), delayMs)
        return timers.now() + delayMs
      })
      timers.advance(1000)
      expect(delivered.map(({ tid }) => tid)).toEqual(arrivals.map((_, i) => i))
      for (const { tid, atMs } of delivered) expect(atMs).toBeGreaterThanOrEqual(dueMs[tid] ?? Infinity)
    }),
  )
})

test('a message without a delay and with none before it is delivered at once', () => {
  const delivered: bigint[] = []
  const line = new DelayLine(new ManualTimers(), ({ tid }) => delivered.push(tid))
  line.add(numbered(1), 0)
  expect(delivered).toEqual([1n])
})

test('flush delivers all that is held, in order, and leaves no timer', () => {
  const timers = new ManualTimers()
  const delivered: bigint[] = []
  const line = new DelayLine(timers, ({ tid }) => delivered.push(tid))
  for (const tid of [1, 2, 3]) line.add(numbered(tid), 50)
  line.flush()
  expect(delivered).toEqual([1n, 2n, 3n])
  expect(timers.waitingCount).toBe(0)
})

test('discard gives back what is held and delivers none of it', () => {
  const timers = new ManualTimers()
  const delivered: bigint[] = []
  const line = new DelayLine(timers, ({ tid }) => delivered.push(tid))
  for (const tid of [1, 2]) line.add(numbered(tid), 50)
  expect(line.discard().map(({ tid }) => tid)).toEqual([1n, 2n])
  timers.advance(100)
  expect(delivered).toEqual([])
  expect(timers.waitingCount).toBe(0)
})
