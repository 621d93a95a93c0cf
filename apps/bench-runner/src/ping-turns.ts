import type { Asked } from './asked.ts'
import { LatencyDistribution } from './latency.ts'
import type { PingClientProtocol } from './ping-answers.ts'
import type { PingTarget } from './ping-load.ts'

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
  open(padding: number): Promise<PingTarget | { readonly unavailable: string }>
  /** What its process has used of the processor so far, in microseconds. */
  cpuMicros(): Promise<number>
  close(): Promise<void>
}

/** How often and for how long. */
export interface PingPlan {
  readonly roundCount: number
  readonly compileMs: number
  readonly warmUpMs: number
  readonly measureMs: number
}

/** All rounds of one subject with one padding. */
export interface PingSeries {
  readonly padding: number
  readonly subject: string
  readonly rounds: readonly PingRound[]
}

export interface PingTurns {
  readonly series: readonly PingSeries[]
  readonly unavailable: ReadonlyMap<string, string>
}

/**
 * Lets answerers take turns, A B C A B C …, each pinged by a process of its own. The first round of each does not
 * count, nor does the beginning of any other.
 */
export async function takePingTurns(
  padding: number,
  answerers: readonly PingAnswerer[],
  plan: PingPlan,
  stage: {
    readonly client: (subject: string) => Asked<PingClientProtocol>
    readonly tell: (round: number, subject: string) => void
  },
): Promise<PingTurns> {
  const unavailable = new Map<string, string>()
  const contestants = answerers.map((answerer) => ({
    answerer,
    client: stage.client(answerer.subject),
    rounds: [] as PingRound[],
  }))
  for (let round = 0; round <= plan.roundCount; round++) {
    for (const { answerer, client, rounds } of contestants) {
      if (unavailable.has(answerer.subject)) continue
      stage.tell(round, answerer.subject)
      const target = await answerer.open(padding)
      if ('unavailable' in target) {
        unavailable.set(answerer.subject, target.unavailable)
        continue
      }
      await client.ask('connect', target)
      await client.ask('run', { durationMs: round === 0 ? plan.compileMs : plan.warmUpMs })
      if (round > 0) rounds.push(await measure(answerer, client, plan.measureMs))
      await client.ask('close', null)
      await answerer.close()
    }
  }
  const present = contestants.filter(({ answerer }) => !unavailable.has(answerer.subject))
  return { series: present.map(({ answerer: { subject }, rounds }) => ({ padding, subject, rounds })), unavailable }
}

async function measure(
  answerer: PingAnswerer,
  client: Asked<PingClientProtocol>,
  durationMs: number,
): Promise<PingRound> {
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
}
