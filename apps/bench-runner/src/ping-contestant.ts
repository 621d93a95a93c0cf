import type { Asked } from './asked.ts'
import { LatencyDistribution } from './latency.ts'
import type { PingClientProtocol } from './ping-answers.ts'
import type { PingTarget } from './ping-load.ts'
import type { Contestant, Unavailable } from './turns.ts'

/** What one round of one subject has found. */
export interface PingRound {
  /** Pings answered per second of the answering process's processor time. */
  readonly pingsPerCpuSecond: number
  readonly pingsPerSecond: number
  readonly p50Micros: number
  readonly p99Micros: number
}

/** Who answers pings: how to begin to, and what it takes. */
export interface PingAnswerer {
  readonly subject: string
  /** Where it is pinged with this padding, by whom; or why it is not to be had. */
  open(padding: number): Promise<PingTarget | Unavailable>
  /** What its process has used of the processor so far, in microseconds. */
  cpuMicros(): Promise<number>
  close(): Promise<void>
}

/** An answerer, and a process that pings it with this padding. */
export function pingContestant(
  answerer: PingAnswerer,
  client: Asked<PingClientProtocol>,
  padding: number,
): Contestant<PingRound> {
  return {
    subject: answerer.subject,
    open: async () => {
      const target = await answerer.open(padding)
      if ('unavailable' in target) return target
      await client.ask('connect', target)
      return undefined
    },
    run: async (durationMs) => {
      const before = await answerer.cpuMicros()
      const { pingCount, elapsedMs, latencies } = await client.ask('run', { durationMs })
      const usedMicros = (await answerer.cpuMicros()) - before
      const distribution = new LatencyDistribution([latencies])
      return {
        pingsPerCpuSecond: pingCount / (usedMicros / 1e6),
        pingsPerSecond: pingCount / (elapsedMs / 1000),
        p50Micros: distribution.micros(50),
        p99Micros: distribution.micros(99),
      }
    },
    close: async () => {
      await client.ask('close', null)
      await answerer.close()
    },
  }
}
