import { Uuid } from '@msgr/bufferlist'
import type { Answers } from './asked.ts'
import { PingStream } from './ping-stream.ts'
import { threadTimesOf, timesBetween } from './thread-cpu.ts'

/** Whom to ping, over how many connections, and how many pings are under way on each, at most. */
export interface FloodArgument {
  readonly address: string
  readonly fsid: string
  readonly connectionCount: number
  readonly depth: number
}

/** What a run has found. */
export interface FloodFigures {
  /** Pings that were answered. */
  readonly pingCount: number
  readonly elapsedMs: number
  /** The part of the time, from 0 to 1, in which the process had nothing to do: it neither ran nor wanted to. */
  readonly idleShare: number
}

/** What a process that pings can be asked. */
export interface PingFloodProtocol {
  readonly connect: { readonly argument: FloodArgument; readonly answer: null }
  readonly run: { readonly argument: { readonly durationMs: number }; readonly answer: FloodFigures }
  readonly close: { readonly argument: null; readonly answer: null }
}

interface Run {
  readonly endMs: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  pingCount: number
  underWayCount: number
}

const MICROS_PER_MS = 1000

/**
 * Many connections that ping one OSD. Answers let the next pings go, half of what may be under way at a time: to write
 * for every few would cost more than to answer them.
 */
class PingFlood {
  readonly #depth: number
  /** How many pings each connection may send. */
  readonly #due: number[]
  #streams: readonly PingStream[] = []
  #run: Run | undefined
  #failure: Error | undefined

  private constructor(depth: number, connectionCount: number) {
    this.#depth = depth
    this.#due = new Array<number>(connectionCount).fill(depth)
  }

  static async open({ address, fsid, connectionCount, depth }: FloodArgument): Promise<PingFlood> {
    const flood = new PingFlood(depth, connectionCount)
    const cluster = Uuid.parse(fsid)
    const opening = Array.from({ length: connectionCount }, (_, index) =>
      PingStream.open(address, cluster, index + 1, {
        answered: (count) => {
          flood.#answered(index, count)
        },
        failed: (error) => {
          flood.#failure ??= error
          flood.#run?.reject(error)
        },
      }),
    )
    flood.#streams = await Promise.all(opening)
    return flood
  }

  /** Pings for so long, then waits for the answers that are due. */
  async run(durationMs: number): Promise<FloodFigures> {
    const before = threadTimesOf(process.pid)
    const startMs = performance.now()
    const pingCount = await new Promise<number>((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure
      const run: Run = {
        ...{ endMs: startMs + durationMs, pingCount: 0, underWayCount: 0, reject },
        resolve: () => {
          resolve(run.pingCount)
        },
      }
      this.#run = run
      for (const index of this.#streams.keys()) this.#send(run, index)
    })
    const elapsedMs = performance.now() - startMs
    // What reads and writes is the main thread alone.
    const own = timesBetween(before, threadTimesOf(process.pid))[process.pid]
    const busyMs = own === undefined ? Number.NaN : (own.ranMicros + own.waitedMicros) / MICROS_PER_MS
    return { pingCount, elapsedMs, idleShare: Math.max(0, 1 - busyMs / elapsedMs) }
  }

  close(): void {
    for (const stream of this.#streams) stream.close()
  }

  #answered(index: number, count: number): void {
    const run = this.#run
    if (run === undefined) return
    run.pingCount += count
    run.underWayCount -= count
    const dueCount = (this.#due[index] ?? 0) + count
    this.#due[index] = dueCount
    if (performance.now() >= run.endMs) {
      if (run.underWayCount === 0) run.resolve()
    } else if (dueCount >= this.#depth / 2) {
      this.#send(run, index)
    }
  }

  #send(run: Run, index: number): void {
    const count = this.#due[index] ?? 0
    this.#due[index] = 0
    run.underWayCount += count
    this.#streams[index]?.send(count)
  }
}

/** The answers; one flood at a time. */
export function pingFloodAnswers(): Answers<PingFloodProtocol> {
  let flood: PingFlood | undefined
  return {
    connect: async (argument) => {
      flood = await PingFlood.open(argument)
      return null
    },
    run: ({ durationMs }) => {
      if (flood === undefined) throw new Error('run: connect comes first')
      return flood.run(durationMs)
    },
    close: () => {
      flood?.close()
      flood = undefined
      return Promise.resolve(null)
    },
  }
}
