import type { EchoCase } from './echo-case.ts'
import type { EchoEnds } from './echo-ends.ts'
import { LatencyDistribution } from './latency.ts'
import type { PacedRunLength, RunLength } from './load.ts'
import type { Contestant, TurnsPlan, Unavailable } from './turns.ts'

/** What one round of one subject has found. */
export interface EchoFigures {
  /** Messages that went there and came back, per second. */
  readonly msgsPerSecond: number
  readonly p50Micros: number
  readonly p99Micros: number
  readonly p999Micros: number
  /** What each end used of the processor for a message and its reply. */
  readonly clientCpuMicrosPerMsg: number
  readonly serverCpuMicrosPerMsg: number
  /** For `LatencyDistribution`. */
  readonly latencies: string
}

/** A server, and connections to it that carry the messages of a case. */
export class EchoContestant implements Contestant<EchoFigures> {
  readonly subject: string
  readonly #ends: Pick<EchoEnds, 'server' | 'client'>
  readonly #case: EchoCase
  readonly #depth: number

  constructor(subject: string, ends: Pick<EchoEnds, 'server' | 'client'>, echoCase: EchoCase, plan: TurnsPlan) {
    this.subject = subject
    this.#ends = ends
    this.#case = echoCase
    this.#depth = depthOf(echoCase, Math.max(plan.settleMs, plan.warmUpMs, plan.measureMs))
  }

  async open(): Promise<Unavailable | undefined> {
    const { subject } = this
    const listening = await this.#ends.server.ask('listen', subject)
    if ('unavailable' in listening) return listening
    const { payloadBytes, connectionCount } = this.#case
    const load = { payloadBytes, connectionCount, depth: this.#depth }
    await this.#ends.client.ask('connect', { subject, address: listening.address, ...load })
    return undefined
  }

  async run(durationMs: number): Promise<EchoFigures> {
    const { server, client } = this.#ends
    const serverCpuBefore = await server.ask('cpuMicros', null)
    const { messageCount, elapsedMs, cpuMicros, latencies } = await client.ask('run', lengthOf(this.#case, durationMs))
    const serverCpuAfter = await server.ask('cpuMicros', null)
    const distribution = new LatencyDistribution([latencies])
    return {
      msgsPerSecond: messageCount / (elapsedMs / 1000),
      p50Micros: distribution.micros(50),
      p99Micros: distribution.micros(99),
      p999Micros: distribution.micros(99.9),
      clientCpuMicrosPerMsg: cpuMicros / messageCount,
      serverCpuMicrosPerMsg: (serverCpuAfter - serverCpuBefore) / messageCount,
      latencies,
    }
  }

  async close(): Promise<void> {
    await this.#ends.client.ask('close', null)
    await this.#ends.server.ask('close', null)
  }
}

function lengthOf({ ratePerSecond }: EchoCase, durationMs: number): RunLength | PacedRunLength {
  return ratePerSecond === undefined ? { durationMs } : { durationMs, ratePerSecond }
}

/** How many messages may be under way on a connection: at a given rate it may be all of the longest run. */
function depthOf({ connectionCount, depth, ratePerSecond }: EchoCase, longestMs: number): number {
  if (ratePerSecond === undefined) return depth
  return Math.ceil(Math.ceil((longestMs / 1000) * ratePerSecond) / connectionCount)
}
