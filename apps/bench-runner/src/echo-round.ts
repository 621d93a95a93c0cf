import type { Asked } from './asked.ts'
import type { EchoCase } from './echo-case.ts'
import type { EchoClientProtocol } from './echo-client.ts'
import type { EchoServerProtocol } from './echo-server.ts'
import { LatencyDistribution } from './latency.ts'
import type { PacedRunLength, RunLength } from './load.ts'

/** The two ends of an echo, each in a process of its own when it counts. */
export interface EchoPair {
  readonly server: Asked<EchoServerProtocol>
  readonly client: Asked<EchoClientProtocol>
}

/** How long is sent before it counts, and while it counts. */
export interface EchoTiming {
  readonly warmUp: RunLength
  readonly measure: RunLength
}

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

/** Opens a server and connections to it, measures, and closes all. A subject this machine has not gives a reason. */
export async function runEchoRound(
  pair: EchoPair,
  subject: string,
  echoCase: EchoCase,
  timing: EchoTiming,
): Promise<EchoFigures | { readonly unavailable: string }> {
  const { server, client } = pair
  const listening = await server.ask('listen', subject)
  if ('unavailable' in listening) return listening
  const { payloadBytes, connectionCount } = echoCase
  const lengths = { warmUp: lengthOf(echoCase, timing.warmUp), measure: lengthOf(echoCase, timing.measure) }
  const depth = Math.max(depthOf(echoCase, lengths.warmUp), depthOf(echoCase, lengths.measure))
  await client.ask('connect', { subject, address: listening.address, payloadBytes, connectionCount, depth })
  await client.ask('run', lengths.warmUp)
  const serverCpuBefore = await server.ask('cpuMicros', null)
  const { messageCount, elapsedMs, cpuMicros, latencies } = await client.ask('run', lengths.measure)
  const serverCpuAfter = await server.ask('cpuMicros', null)
  await client.ask('close', null)
  await server.ask('close', null)
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

function lengthOf({ ratePerSecond }: EchoCase, length: RunLength): RunLength | PacedRunLength {
  return ratePerSecond === undefined ? length : { durationMs: length.durationMs, ratePerSecond }
}

/** How many messages may be under way on a connection: at a given rate it may be all of them. */
function depthOf({ connectionCount, depth }: EchoCase, length: RunLength | PacedRunLength): number {
  if (!('ratePerSecond' in length)) return depth
  return Math.ceil((length.durationMs / 1000) * length.ratePerSecond) / connectionCount
}
