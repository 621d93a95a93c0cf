import { expect, test } from 'vitest'
import { packLatencies } from '../src/latency.ts'
import { takePingTurns, type PingAnswerer } from '../src/ping-turns.ts'

const PLAN = { roundCount: 2, compileMs: 100, warmUpMs: 10, measureMs: 50 }
const target = { pinging: { fsid: 'f', osd: 1, upFrom: 1 }, address: 'a', mapEpoch: 1, padding: 0 }

function answerer(subject: string, log: string[], unavailable?: string): PingAnswerer {
  let cpuMicros = 0
  return {
    subject,
    open: (padding) => {
      log.push(`${subject} open ${padding}`)
      return Promise.resolve(unavailable === undefined ? { ...target, padding } : { unavailable })
    },
    cpuMicros: () => Promise.resolve((cpuMicros += 250_000)),
    close: () => {
      log.push(`${subject} close`)
      return Promise.resolve()
    },
  }
}

test('answerers take turns; what does not count comes first', async () => {
  const log: string[] = []
  const figures = { pingCount: 500, elapsedMs: 1000, latencies: packLatencies([2000]) }
  const { series, unavailable } = await takePingTurns(2000, [answerer('a', log), answerer('b', log, 'gone')], PLAN, {
    client: () => ({
      ask: (kind, argument) => {
        if (kind === 'run') log.push(`run ${JSON.stringify(argument)}`)
        return Promise.resolve(figures as never)
      },
    }),
    tell: (round, subject) => void log.push(`${round} ${subject}`),
  })
  const counted = ['a open 2000', 'run {"durationMs":10}', 'run {"durationMs":50}', 'a close']
  expect(log).toEqual([
    ...['0 a', 'a open 2000', 'run {"durationMs":100}', 'a close', '0 b', 'b open 2000'],
    ...['1 a', ...counted, '2 a', ...counted],
  ])
  expect([...unavailable]).toEqual([['b', 'gone']])
  // 500 pings in a second, for a quarter of a second of the processor.
  const round = { pingsPerCpuSecond: 2000, pingsPerSecond: 500, p50Micros: 2, p99Micros: 2 }
  expect(series).toEqual([{ padding: 2000, subject: 'a', rounds: [round, round] }])
})
