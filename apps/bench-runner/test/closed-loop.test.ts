import { describe, expect, test } from 'vitest'
import { ClosedLoop } from '../src/closed-loop.ts'
import type { EchoClient } from '../src/echo-subject.ts'

/** Sends everything back, a microtask later, after `change` had a look at it. */
class Mirror implements EchoClient {
  readonly loop: ClosedLoop
  readonly change: (payload: Uint8Array, index: number) => readonly Uint8Array[]
  sentCount = 0
  underWay = 0
  mostUnderWay = 0

  constructor(loop: ClosedLoop, change: Mirror['change'] = (payload) => [payload]) {
    this.loop = loop
    this.change = change
  }

  send(payload: Uint8Array): void {
    const replies = this.change(payload, this.sentCount++)
    this.underWay++
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay)
    queueMicrotask(() => {
      this.underWay--
      for (const reply of replies) this.loop.receive(reply)
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** A clock that goes on by a millisecond whenever it is looked at. */
function tickingClock(): () => number {
  let nowMs = 0
  return () => ++nowMs
}

const FOREVER = { durationMs: Infinity }

describe('a closed loop', () => {
  test.each([1, 2, 64])('keeps exactly %i messages under way', async (depth) => {
    const loop = new ClosedLoop({ payloadBytes: 8, depth })
    const mirror = new Mirror(loop)
    await loop.run(mirror, { ...FOREVER, messageCount: 1000 })
    expect(mirror.mostUnderWay).toBe(depth)
    expect(mirror.underWay).toBe(0)
  })

  test('ends after the number of messages asked for, even if that is less than its depth', async () => {
    const loop = new ClosedLoop({ payloadBytes: 8, depth: 64 })
    const mirror = new Mirror(loop)
    expect(await loop.run(mirror, { ...FOREVER, messageCount: 5 })).toMatchObject({ messageCount: 5 })
    expect(await loop.run(mirror, { ...FOREVER, messageCount: 777 })).toMatchObject({ messageCount: 777 })
    expect(mirror.sentCount).toBe(782)
  })

  test('ends when its time is over, with every reply it is owed', async () => {
    const loop = new ClosedLoop({ payloadBytes: 8, depth: 3, now: tickingClock() })
    const mirror = new Mirror(loop)
    const { messageCount, elapsedMs } = await loop.run(mirror, { durationMs: 100 })
    expect(messageCount).toBe(mirror.sentCount)
    expect(elapsedMs).toBeGreaterThanOrEqual(100)
  })

  test('times round trips and the whole by the clock', async () => {
    // At depth 1 the clock is looked at when it starts, and for each message when it goes and when it is back.
    const loop = new ClosedLoop({ payloadBytes: 8, depth: 1, now: tickingClock() })
    const figures = await loop.run(new Mirror(loop), { ...FOREVER, messageCount: 50 })
    expect(figures.elapsedMs).toBe(2 * 50 + 1)
    // The histogram keeps three digits.
    expect(figures.p50Micros).toBeCloseTo(1000, -1)
    expect(figures.p99Micros).toBeCloseTo(1000, -1)
  })

  test('counts what this process uses of the processor while it runs', async () => {
    const loop = new ClosedLoop({ payloadBytes: 4, depth: 1 })
    const busy = new Mirror(loop, (payload) => {
      const { user } = process.cpuUsage()
      while (process.cpuUsage().user - user < 20_000);
      return [payload]
    })
    const { cpuMicros } = await loop.run(busy, { ...FOREVER, messageCount: 1 })
    expect(cpuMicros).toBeGreaterThanOrEqual(20_000)
  })
})

const wrong = (text: string): unknown => expect.objectContaining({ code: 'ERR_BENCH_REPLY', message: text })

describe('a run is refused', () => {
  const ways: readonly (readonly [string, string, Mirror['change']])[] = [
    ['is lost', 'reply 7: expected number 7, got 8', (payload, index) => (index === 7 ? [] : [payload])],
    [
      'comes twice',
      'reply 8: expected number 8, got 7',
      (payload, index) => (index === 7 ? [payload, payload] : [payload]),
    ],
    [
      'is cut',
      'reply 7: expected 8 bytes, got 7',
      (payload, index) => [index === 7 ? payload.subarray(0, 7) : payload],
    ],
    [
      'has other bytes, in a sample',
      'reply 13: expected the bytes that were sent, got others',
      (payload, index) => [index === 13 ? payload.with(5, 255) : payload],
    ],
  ]
  test.each(ways)('if a reply %s', async (_, text, change) => {
    const loop = new ClosedLoop({ payloadBytes: 8, depth: 4 })
    await expect(loop.run(new Mirror(loop, change), { ...FOREVER, messageCount: 100 })).rejects.toThrow(wrong(text))
  })

  test('if the last reply comes twice, at the latest with the next run', async () => {
    const loop = new ClosedLoop({ payloadBytes: 8, depth: 1 })
    const mirror = new Mirror(loop, (payload, index) => (index === 9 ? [payload, payload] : [payload]))
    await loop.run(mirror, { ...FOREVER, messageCount: 10 })
    const text = 'expected no reply beyond those to 10 messages, got one'
    await expect(loop.run(mirror, { ...FOREVER, messageCount: 1 })).rejects.toThrow(wrong(text))
  })

  test('if the connection fails, with its reason', async () => {
    const loop = new ClosedLoop({ payloadBytes: 8, depth: 1 })
    const failure = new Error('lost')
    const running = loop.run(
      new Mirror(loop, (payload, index) => {
        if (index === 3) loop.fail(failure)
        return [payload]
      }),
      FOREVER,
    )
    await expect(running).rejects.toBe(failure)
  })

  test('if the run before is not over', async () => {
    const loop = new ClosedLoop({ payloadBytes: 8, depth: 1 })
    const mirror = new Mirror(loop)
    const first = loop.run(mirror, { ...FOREVER, messageCount: 2 })
    await expect(loop.run(mirror, FOREVER)).rejects.toThrow('the run before is not over')
    await first
  })
})
