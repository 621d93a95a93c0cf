import { expect, test } from 'vitest'
import { packLatencies } from '../src/latency.ts'
import { pingContestant, type PingAnswerer } from '../src/ping-contestant.ts'

const TARGET = { pinging: { fsid: 'f', osd: 1, upFrom: 1 }, address: 'a', mapEpoch: 1 }
const FIGURES = { pingCount: 500, elapsedMs: 1000, latencies: packLatencies([2000]) }

function contestant(log: string[], unavailable?: string): ReturnType<typeof pingContestant> {
  let cpuMicros = 0
  const answerer: PingAnswerer = {
    subject: 'a',
    open: (padding) => Promise.resolve(unavailable === undefined ? { ...TARGET, padding } : { unavailable }),
    cpuMicros: () => Promise.resolve((cpuMicros += 250_000)),
    close: () => {
      log.push('answerer close')
      return Promise.resolve()
    },
  }
  const ask = (kind: string, argument: unknown): Promise<never> => {
    log.push(`${kind} ${JSON.stringify(argument)}`)
    return Promise.resolve(FIGURES as never)
  }
  return pingContestant(answerer, { ask }, 2000)
}

test('an answerer is pinged with the padding asked for, and what it used of the processor counts', async () => {
  const log: string[] = []
  const pinged = contestant(log)
  expect(await pinged.open()).toBeUndefined()
  // 500 pings in a second, for a quarter of a second of the processor.
  const round = { pingsPerCpuSecond: 2000, pingsPerSecond: 500, p50Micros: 2, p99Micros: 2 }
  expect(await pinged.run(50)).toEqual(round)
  await pinged.close()
  const connect = `connect ${JSON.stringify({ ...TARGET, padding: 2000 })}`
  expect(log).toEqual([connect, 'run {"durationMs":50}', 'close null', 'answerer close'])
})

test('who is not to be had is not pinged', async () => {
  const log: string[] = []
  expect(await contestant(log, 'no shim').open()).toEqual({ unavailable: 'no shim' })
  expect(log).toEqual([])
})
