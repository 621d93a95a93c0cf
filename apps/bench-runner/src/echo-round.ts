import type { Asked } from './asked.ts'
import type { RunLength } from './closed-loop.ts'
import type { EchoCase } from './echo-case.ts'
import type { EchoClientProtocol } from './echo-client.ts'
import type { EchoServerProtocol } from './echo-server.ts'

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
  /** What each end used of the processor for a message and its reply. */
  readonly clientCpuMicrosPerMsg: number
  readonly serverCpuMicrosPerMsg: number
}

/** Opens a server and one connection to it, measures, and closes both. A subject this machine has not gives a reason. */
export async function runEchoRound(
  pair: EchoPair,
  subject: string,
  { payloadBytes, depth }: EchoCase,
  timing: EchoTiming,
): Promise<EchoFigures | { readonly unavailable: string }> {
  const { server, client } = pair
  const listening = await server.ask('listen', subject)
  if ('unavailable' in listening) return listening
  await client.ask('connect', { subject, address: listening.address, payloadBytes, depth })
  await client.ask('run', timing.warmUp)
  const serverCpuBefore = await server.ask('cpuMicros', null)
  const { messageCount, elapsedMs, cpuMicros, p50Micros, p99Micros } = await client.ask('run', timing.measure)
  const serverCpuAfter = await server.ask('cpuMicros', null)
  await client.ask('close', null)
  await server.ask('close', null)
  return {
    msgsPerSecond: messageCount / (elapsedMs / 1000),
    p50Micros,
    p99Micros,
    clientCpuMicrosPerMsg: cpuMicros / messageCount,
    serverCpuMicrosPerMsg: (serverCpuAfter - serverCpuBefore) / messageCount,
  }
}
