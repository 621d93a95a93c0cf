import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { EchoClient, EchoClientOwner } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import { PayloadMaker } from './payload.ts'

/**
 * Of several messages under way, one in so many is timed and compared byte for byte: the clock and the histogram would
 * cost too much of what is measured. No divisor of the depths, so that it is each time another place in the batch.
 */
const SAMPLE_EVERY = 13

const NANOS_PER_MS = 1e6
const NANOS_PER_MICRO = 1e3

/** What a run has found. A message counts once: it went there and its reply came back. */
export interface LoopFigures {
  readonly messageCount: number
  readonly elapsedMs: number
  /** What this process used of the processor, in all its threads. */
  readonly cpuMicros: number
  /** Round trips of the messages that were timed. */
  readonly p50Micros: number
  readonly p99Micros: number
}

export interface LoopOptions {
  readonly payloadBytes: number
  /** How many messages are under way at any time. */
  readonly depth: number
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** When a run ends: after so many milliseconds or so many messages, whichever comes first. */
export interface RunLength {
  readonly durationMs: number
  readonly messageCount?: number
}

interface Run {
  readonly client: EchoClient
  readonly startMs: number
  readonly endMs: number
  readonly firstSeq: number
  readonly endSeq: number
  readonly cpu: NodeJS.CpuUsage
  readonly histogram: RecordableHistogram
  readonly resolve: (figures: LoopFigures) => void
  readonly reject: (error: Error) => void
}

/**
 * Keeps a fixed number of messages under way: each reply lets the next message go. Every reply must have the number
 * that is due and the length that was sent, so that nothing can be lost, doubled, reordered or cut unnoticed.
 */
export class ClosedLoop implements EchoClientOwner {
  readonly #depth: number
  readonly #sampleEvery: number
  readonly #now: () => number
  readonly #payloads: PayloadMaker
  /** When a message was sent, at its number modulo the depth. */
  readonly #sentAtMs: Float64Array
  #sentCount = 0
  #receivedCount = 0
  #isEnding = false
  #run: Run | undefined = undefined
  #failure: Error | undefined = undefined

  constructor(options: LoopOptions) {
    const { payloadBytes, depth, now = () => performance.now() } = options
    this.#depth = depth
    this.#sampleEvery = depth === 1 ? 1 : SAMPLE_EVERY
    this.#now = now
    this.#payloads = new PayloadMaker(payloadBytes)
    this.#sentAtMs = new Float64Array(depth)
  }

  /**
   * Sends until the run's end, then waits for the replies that are still due. May be called again; numbers go on.
   * Rejects with `BenchError` for a wrong reply, and with what the connection says if it fails, now or before.
   */
  run(client: EchoClient, length: RunLength): Promise<LoopFigures> {
    return new Promise((resolve, reject) => {
      if (this.#run !== undefined) throw new Error('run: the run before is not over')
      if (this.#failure !== undefined) throw this.#failure
      const { durationMs, messageCount = Infinity } = length
      const firstSeq = this.#sentCount
      const histogram = createHistogram()
      const cpu = process.cpuUsage()
      const startMs = this.#now()
      const ends = { endMs: startMs + durationMs, endSeq: firstSeq + messageCount }
      this.#isEnding = false
      this.#run = { client, startMs, ...ends, firstSeq, cpu, histogram, resolve, reject }
      const burst = Math.min(this.#depth, messageCount)
      for (let index = 0; index < burst; index++) this.#send(client)
    })
  }

  /** A reply has come. */
  receive(payload: Uint8Array): void {
    const run = this.#run
    const seq = this.#receivedCount
    if (run === undefined || seq === this.#sentCount) {
      this.fail(new BenchError('ERR_BENCH_REPLY', `expected no reply beyond those to ${seq} messages, got one`))
      return
    }
    const isSample = seq % this.#sampleEvery === 0
    const fault =
      this.#payloads.findFault(payload, seq) ?? (isSample ? this.#payloads.findFaultInContent(payload) : undefined)
    if (fault !== undefined) {
      this.fail(new BenchError('ERR_BENCH_REPLY', `reply ${seq}: ${fault}`))
      return
    }
    this.#receivedCount++
    if (isSample) this.#time(run, seq)
    if (!this.#isEnding && this.#sentCount < run.endSeq) this.#send(run.client)
    else if (this.#receivedCount === this.#sentCount) this.#finish(run)
  }

  /** The connection was lost, or what came over it makes no sense: there will be no figures. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#run?.reject(error)
    this.#run = undefined
  }

  #send(client: EchoClient): void {
    const seq = this.#sentCount++
    if (seq % this.#sampleEvery === 0) this.#sentAtMs[seq % this.#depth] = this.#now()
    client.send(this.#payloads.make(seq))
  }

  #time(run: Run, seq: number): void {
    const nowMs = this.#now()
    const sentMs = this.#sentAtMs[seq % this.#depth] ?? nowMs
    // A histogram holds integers from 1.
    run.histogram.record(Math.max(1, Math.round((nowMs - sentMs) * NANOS_PER_MS)))
    if (nowMs >= run.endMs) this.#isEnding = true
  }

  #finish(run: Run): void {
    const elapsedMs = this.#now() - run.startMs
    const { user, system } = process.cpuUsage(run.cpu)
    this.#run = undefined
    run.resolve({
      messageCount: this.#receivedCount - run.firstSeq,
      elapsedMs,
      cpuMicros: user + system,
      p50Micros: run.histogram.percentile(50) / NANOS_PER_MICRO,
      p99Micros: run.histogram.percentile(99) / NANOS_PER_MICRO,
    })
  }
}
