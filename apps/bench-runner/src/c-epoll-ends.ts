import { fileURLToPath } from 'node:url'
import type { Answers, Asked, Protocol } from './asked.ts'
import { compileC } from './compile-c.ts'
import type { EchoClientProtocol } from './echo-client.ts'
import type { EchoEnds } from './echo-ends.ts'
import type { EchoServerProtocol } from './echo-server.ts'
import { isUnavailable } from './is-unavailable.ts'
import { packLatencies } from './latency.ts'
import { LineProcess } from './line-process.ts'
import { timeEveryOf } from './load.ts'
import { CHECK_EVERY } from './load-line.ts'
import { rssBytesOf } from './process-memory.ts'

const SOURCE = fileURLToPath(new URL('../native/epoll-echo.c', import.meta.url))
const COMPILED = fileURLToPath(new URL('../node_modules/.cache/msgr-bench/', import.meta.url))
const NANOS_PER_MS = 1e6

/** Both ends of an echo in C over epoll: the machine's limit. They are compiled on the spot. */
export function cEpollEnds(): EchoEnds {
  const running: LineProcess[] = []
  const start = async (args: readonly string[]): Promise<LineProcess> => {
    const started = new LineProcess(await compileC(SOURCE, COMPILED), args)
    running.push(started)
    return started
  }
  return {
    server: askDirectly(serverAnswers(start)),
    client: askDirectly(clientAnswers(start)),
    stop: async () => {
      await Promise.all(running.map((started) => started.stop()))
    },
  }
}

type Start = (args: readonly string[]) => Promise<LineProcess>

function serverAnswers(start: Start): Answers<EchoServerProtocol> {
  let server: LineProcess | undefined
  return {
    listen: async () => {
      try {
        server = await start(['server'])
        return { address: await server.next() }
      } catch (error) {
        if (isUnavailable(error)) return { unavailable: error.message }
        throw error
      }
    },
    cpuMicros: async () => Number(await server?.ask('cpu')),
    rssBytes: () => Promise.resolve(server?.pid === undefined ? 0 : rssBytesOf(server.pid)),
    close: async () => {
      await server?.stop()
      return null
    },
  }
}

function clientAnswers(start: Start): Answers<EchoClientProtocol> {
  let client: LineProcess | undefined
  let connectionCount = 0
  return {
    connect: async ({ address, ...options }) => {
      const { payloadBytes, depth } = options
      connectionCount = options.connectionCount
      const everySome = [timeEveryOf(options), connectionCount * depth === 1 ? 1 : CHECK_EVERY]
      client = await start(['client', ...[address, connectionCount, depth, payloadBytes, ...everySome].map(String)])
      await client.next()
      return null
    },
    run: async (length) => {
      const isPaced = 'ratePerSecond' in length
      const ratePerSecond = isPaced ? length.ratePerSecond : 0
      const paced = Math.ceil((length.durationMs / 1000) * ratePerSecond)
      const messageCount = isPaced ? paced : (length.messageCount ?? -1)
      const answer = await client?.ask(`${length.durationMs} ${messageCount} ${ratePerSecond}`)
      const [sentCount = 0, elapsedNanos = 0, cpuMicros = 0, ...nanos] = answer?.split(' ').map(Number) ?? []
      return {
        messageCount: sentCount,
        elapsedMs: elapsedNanos / NANOS_PER_MS,
        cpuMicros,
        latencies: packLatencies(nanos),
      }
    },
    keepalive: async () => {
      await client?.ask(`0 ${connectionCount} 0`)
      return null
    },
    close: async () => {
      await client?.stop()
      return null
    },
  }
}

/** Asks without a process of ours in between. */
function askDirectly<P extends Protocol<P>>(answers: Answers<P>): Asked<P> {
  return { ask: (kind, argument) => answers[kind](argument) }
}
