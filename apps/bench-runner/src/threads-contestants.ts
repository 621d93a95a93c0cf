import type { Asked, Protocol } from './asked.ts'
import type { EchoClientProtocol } from './echo-client.ts'
import { LatencyDistribution } from './latency.ts'
import type { PingFloodProtocol } from './ping-flood.ts'
import { timesBetween, type ThreadTimes } from './thread-cpu.ts'
import { FSID, type ServeArgument, type ThreadsServerProtocol } from './threads-server.ts'
import type { Contestant } from './turns.ts'

const MICROS_PER_SECOND = 1e6
const MS_PER_SECOND = 1000

/** What one round has found: values by the names that the JSON has, which end with their units. */
export interface ThreadsFigures {
  readonly values: Readonly<Record<string, number>>
  /** For `LatencyDistribution`. */
  readonly latencies?: string
}

/** One way to run a server, in a process of its own, and somebody who keeps it busy, in another. */
export interface ThreadsContestant extends Contestant<ThreadsFigures> {
  /** Ends the processes, in whatever state they are. */
  stop(): Promise<void>
}

/** A process, or what stands for one in tests. */
export type Ended<P extends Protocol<P>> = Asked<P> & {
  stop(): Promise<void>
}

/** The two processes of a contestant, and how the server is to run. */
interface Ends<P extends Protocol<P>> {
  readonly subject: string
  readonly opThreads: number
  readonly server: Ended<ThreadsServerProtocol>
  readonly client: Ended<P>
}

/** What every client can be asked. */
interface ClosingProtocol {
  readonly close: { readonly argument: null; readonly answer: null }
}

/** What is sent, over how many connections, and how many at once on each. */
export interface ThreadsLoad {
  readonly payloadBytes: number
  readonly connectionCount: number
  readonly depth: number
}

/** How many connections ping, and how many pings are under way on each. */
export type ThreadsFloodLoad = Pick<ThreadsLoad, 'connectionCount' | 'depth'>

/** What a server's threads use of the processor for messages that an ordinary dispatcher sends back. */
export function ordinaryEchoContestant(ends: Ends<EchoClientProtocol>, load: ThreadsLoad): ThreadsContestant {
  const { server, client } = ends
  return {
    ...openAndClose(ends, 'echo', (address) => connectEcho(client, address, load)),
    run: async (durationMs) => {
      const mainThread = await server.ask('mainThread', null)
      const before = await server.ask('threadTimes', null)
      const { messageCount, elapsedMs } = await client.ask('run', { durationMs })
      const times = timesBetween(before, await server.ask('threadTimes', null))
      return {
        values: {
          main_thread_cpu_us_per_msg: (times[mainThread]?.ranMicros ?? Number.NaN) / messageCount,
          server_cpu_us_per_msg: sumOf(times) / messageCount,
          msgs_per_s: messageCount / (elapsedMs / MS_PER_SECOND),
        },
      }
    },
  }
}

/** How long messages take from the thread of their connection to the dispatcher on the messenger's own. */
export function handOverContestant(ends: Ends<EchoClientProtocol>, load: ThreadsLoad): ThreadsContestant {
  const { server, client } = ends
  return {
    ...openAndClose(ends, 'hand-over', (address) => connectEcho(client, address, load)),
    run: async (durationMs) => {
      await server.ask('handOvers', null) // those before do not count
      const { messageCount, elapsedMs } = await client.ask('run', { durationMs })
      const latencies = await server.ask('handOvers', null)
      const distribution = new LatencyDistribution([latencies])
      return {
        values: {
          hand_over_p50_us: distribution.micros(50),
          hand_over_p99_us: distribution.micros(99),
          msgs_per_s: messageCount / (elapsedMs / MS_PER_SECOND),
        },
        latencies,
      }
    },
  }
}

/** How many heartbeats a fast dispatcher answers, and what that takes. */
export function pingFloodContestant(ends: Ends<PingFloodProtocol>, load: ThreadsFloodLoad): ThreadsContestant {
  const { server, client } = ends
  return {
    ...openAndClose(ends, 'pings', async (address) => {
      await client.ask('connect', { address, fsid: FSID, ...load })
    }),
    run: async (durationMs) => {
      const before = await server.ask('threadTimes', null)
      const { pingCount, elapsedMs, idleShare } = await client.ask('run', { durationMs })
      const times = timesBetween(before, await server.ask('threadTimes', null))
      const busiestMicros = Math.max(...Object.values(times).map(({ ranMicros }) => ranMicros))
      return {
        values: {
          pings_per_s: pingCount / (elapsedMs / MS_PER_SECOND),
          pings_per_cpu_s: pingCount / (sumOf(times) / MICROS_PER_SECOND),
          pings_per_busiest_thread_s: pingCount / (busiestMicros / MICROS_PER_SECOND),
          load_idle_share: idleShare,
        },
      }
    },
  }
}

function openAndClose(
  { subject, opThreads, server, client }: Ends<ClosingProtocol>,
  role: ServeArgument['role'],
  connect: (address: string) => Promise<void>,
): Omit<ThreadsContestant, 'run'> {
  return {
    subject,
    open: async () => {
      const listening = await server.ask('listen', { role, opThreads })
      if ('unavailable' in listening) return listening
      await connect(listening.address)
      return undefined
    },
    close: async () => {
      await client.ask('close', null)
      await server.ask('close', null)
    },
    stop: async () => {
      await Promise.all([client.stop(), server.stop()])
    },
  }
}

/** The client is the same for all: a messenger on the event loop of its process. */
async function connectEcho(client: Asked<EchoClientProtocol>, address: string, load: ThreadsLoad): Promise<void> {
  await client.ask('connect', { subject: 'async-messenger', address, ...load })
}

function sumOf(times: ThreadTimes): number {
  return Object.values(times).reduce((sum, { ranMicros }) => sum + ranMicros, 0)
}
