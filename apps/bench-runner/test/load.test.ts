import { describe, expect, test } from 'vitest'
import type { EchoClient } from '../src/echo-subject.ts'
import { LatencyDistribution } from '../src/latency.ts'
import { Load, timeEveryOf, type LoadOptions, type RunLength } from '../src/load.ts'

type Change = (payload: Uint8Array, index: number) => readonly Uint8Array[]

/** A load on mirrors: each sends everything back, a microtask later, after `change` had a look at it. */
class Mirrored {
  readonly load: Load
  readonly clients: readonly EchoClient[]
  readonly sentCounts: number[]
  underWay = 0
  mostUnderWay = 0

  constructor(options: Partial<LoadOptions> = {}, change: Change = (payload) => [payload]) {
    this.load = new Load({ payloadBytes: 8, connectionCount: 1, depth: 4, ...options })
    this.sentCounts = this.load.owners.map(() => 0)
    this.clients = this.load.owners.map((owner, index) => ({
      send: (payload: Uint8Array): void => {
        const replies = change(Uint8Array.from(payload), this.sentCounts[index]!++)
        this.underWay++
        this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay)
        queueMicrotask(() => {
          this.underWay--
          for (const reply of replies) owner.receive(reply)
        })
      },
    }))
  }

  run(length: RunLength | { durationMs: number; ratePerSecond: number }): ReturnType<Load['run']> {
    return this.load.run(this.clients, length)
  }
}

/** A clock that goes on by a millisecond whenever it is looked at. */
function tickingClock(): () => number {
  let nowMs = 0
  return () => ++nowMs
}

const FOREVER = { durationMs: Infinity }

describe('a closed loop', () => {
  test.each([
    [1, 1],
    [1, 64],
    [10, 3],
  ])('keeps exactly so many messages under way: %i connections, %i on each', async (connectionCount, depth) => {
    const mirrored = new Mirrored({ connectionCount, depth })
    await mirrored.run({ ...FOREVER, messageCount: 1000 })
    expect(mirrored.mostUnderWay).toBe(connectionCount * depth)
    expect(mirrored.underWay).toBe(0)
  })

  test('uses all its connections', async () => {
    const mirrored = new Mirrored({ connectionCount: 10, depth: 1 })
    await mirrored.run({ ...FOREVER, messageCount: 1000 })
    expect(mirrored.sentCounts).toEqual(new Array(10).fill(100))
  })

  test('sends one message on each connection when asked to', async () => {
    const mirrored = new Mirrored({ connectionCount: 5, depth: 3 })
    await mirrored.load.sendOnEach(mirrored.clients)
    expect(mirrored.sentCounts).toEqual([1, 1, 1, 1, 1])
  })

  test('ends after the number of messages asked for, even if that is less than its depth', async () => {
    const mirrored = new Mirrored({ depth: 64 })
    expect(await mirrored.run({ ...FOREVER, messageCount: 5 })).toMatchObject({ messageCount: 5 })
    expect(await mirrored.run({ ...FOREVER, messageCount: 777 })).toMatchObject({ messageCount: 777 })
    expect(mirrored.sentCounts).toEqual([782])
  })

  test('ends when its time is over, with every reply it is owed', async () => {
    const mirrored = new Mirrored({ depth: 3, now: tickingClock() })
    const { messageCount, elapsedMs } = await mirrored.run({ durationMs: 100 })
    expect([messageCount]).toEqual(mirrored.sentCounts)
    expect(elapsedMs).toBeGreaterThanOrEqual(100)
  })

  test('times round trips and the whole by the clock', async () => {
    // At depth 1 the clock is looked at when it starts, and for each message when it goes and when it is back.
    const { elapsedMs, latencies } = await new Mirrored({ depth: 1, now: tickingClock() }).run({
      ...FOREVER,
      messageCount: 50,
    })
    expect(elapsedMs).toBe(2 * 50 + 1)
    const distribution = new LatencyDistribution([latencies])
    // The histogram keeps three digits.
    expect(distribution.micros(50)).toBeCloseTo(1000, -1)
    expect(distribution.micros(99)).toBeCloseTo(1000, -1)
  })

  test.each([
    [{ payloadBytes: 64, connectionCount: 1, depth: 1 }, 1],
    [{ payloadBytes: 64, connectionCount: 2, depth: 1 }, 13],
    [{ payloadBytes: 4096, connectionCount: 1, depth: 64 }, 13],
    [{ payloadBytes: 0x1_0000, connectionCount: 1, depth: 8 }, 1],
  ])('times as many messages as it can afford: %j', (options, every) => {
    expect(timeEveryOf(options)).toBe(every)
  })

  test('counts what this process uses of the processor while it runs', async () => {
    const busy = new Mirrored({ depth: 1 }, (payload) => {
      const { user } = process.cpuUsage()
      while (process.cpuUsage().user - user < 20_000);
      return [payload]
    })
    const { cpuMicros } = await busy.run({ ...FOREVER, messageCount: 1 })
    expect(cpuMicros).toBeGreaterThanOrEqual(20_000)
  })
})

describe('a load at a given rate', () => {
  test('sends as many messages as are due, in turn over its connections', async () => {
    const mirrored = new Mirrored({ connectionCount: 2, depth: 1000, now: tickingClock() })
    const { messageCount } = await mirrored.run({ durationMs: 100, ratePerSecond: 500 })
    expect(messageCount).toBe(50)
    expect(mirrored.sentCounts).toEqual([25, 25])
  })

  test('times each message from when it was due, not from when it went', async () => {
    // Whoever holds up the sender for a second is seen in all messages that were due meanwhile.
    let nowMs = 0
    const mirrored = new Mirrored({ depth: 1000, now: () => nowMs })
    const running = mirrored.run({ durationMs: 1000, ratePerSecond: 10 })
    nowMs = 1000
    const { messageCount, latencies } = await running
    expect(messageCount).toBe(10)
    // The first was sent at once, and is back only after the clock went on; the others were due each 100 ms.
    const distribution = new LatencyDistribution([latencies])
    expect(distribution.micros(100)).toBeCloseTo(1_000_000, -4)
    expect(distribution.micros(50)).toBeCloseTo(500_000, -4)
    expect(distribution.micros(10)).toBeCloseTo(100_000, -4)
  })

  test('fails when more messages are under way than there are slots for', async () => {
    let nowMs = 0
    const mirrored = new Mirrored({ depth: 4, now: () => nowMs })
    const running = mirrored.run({ durationMs: 1000, ratePerSecond: 10 })
    nowMs = 1000
    await expect(running).rejects.toThrow('expected at most 4 messages under way at this rate, got more')
  })
})

const wrong = (text: string): unknown => expect.objectContaining({ code: 'ERR_BENCH_REPLY', message: text })

describe('a run is refused', () => {
  const ways: readonly (readonly [string, string, Change])[] = [
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
    const running = new Mirrored({}, change).run({ ...FOREVER, messageCount: 100 })
    await expect(running).rejects.toThrow(wrong(text))
  })

  test('if one of its connections gets the reply to another', async () => {
    const load = new Load({ payloadBytes: 8, connectionCount: 2, depth: 2 })
    const [first, second] = load.owners
    const crossed = [first, second].map((_, index) => ({
      send: (payload: Uint8Array): void => {
        const bytes = Uint8Array.from(payload)
        queueMicrotask(() => (index === 0 ? second : first)?.receive(bytes))
      },
    }))
    await expect(load.run(crossed, { ...FOREVER, messageCount: 3 })).rejects.toThrow(
      wrong('expected no reply beyond those to 1 messages, got one'),
    )
  })

  test('if the last reply comes twice, at the latest with the next run', async () => {
    const mirrored = new Mirrored({ depth: 1 }, (payload, index) => (index === 9 ? [payload, payload] : [payload]))
    await mirrored.run({ ...FOREVER, messageCount: 10 })
    const text = 'expected no reply beyond those to 10 messages, got one'
    await expect(mirrored.run({ ...FOREVER, messageCount: 1 })).rejects.toThrow(wrong(text))
  })

  test('if the connection fails, with its reason', async () => {
    const failure = new Error('lost')
    const mirrored = new Mirrored({ depth: 1 }, (payload, index) => {
      if (index === 3) mirrored.load.owners[0]?.fail(failure)
      return [payload]
    })
    await expect(mirrored.run(FOREVER)).rejects.toBe(failure)
  })

  test('if the run before is not over', async () => {
    const mirrored = new Mirrored({ depth: 1 })
    const first = mirrored.run({ ...FOREVER, messageCount: 2 })
    await expect(mirrored.run(FOREVER)).rejects.toThrow('the run before is not over')
    await first
  })
})
