import type { EchoClient, EchoClientOwner } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import { LatencyRecorder } from './latency.ts'
import { CHECK_EVERY, LoadLine, type LineOwner } from './load-line.ts'
import { PayloadMaker } from './payload.ts'

const NANOS_PER_MS = 1e6
const LARGE_BYTES = 0x1_0000

/** What a run has found. A message counts once: it went there and its reply came back. */
export interface LoadFigures {
  readonly messageCount: number
  readonly elapsedMs: number
  /** What this process used of the processor, in all its threads. */
  readonly cpuMicros: number
  /** How long the messages took that were timed: see `LatencyDistribution`. */
  readonly latencies: string
}

export interface LoadOptions {
  readonly payloadBytes: number
  readonly connectionCount: number
  /** How many messages may be under way at any time, on each connection. */
  readonly depth: number
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** When a run ends: after so many milliseconds or so many messages, whichever comes first. */
export interface RunLength {
  readonly durationMs: number
  readonly messageCount?: number
}

/** A run that does not wait for replies: the duration times the rate is how many messages it sends. */
export interface PacedRunLength {
  readonly durationMs: number
  /** On all connections together, which take turns. */
  readonly ratePerSecond: number
}

interface Run {
  readonly clients: readonly EchoClient[]
  readonly startMs: number
  readonly endMs: number
  /** 0: each reply lets the next message go. */
  readonly intervalMs: number
  readonly cpu: NodeJS.CpuUsage
  readonly latencies: LatencyRecorder
  readonly resolve: (figures: LoadFigures) => void
  readonly reject: (error: Error) => void
  /** Messages that may still be sent. */
  leftCount: number
  sentCount: number
  underWayCount: number
}

/**
 * Sends messages over many connections and checks their replies.
 *
 * In a closed loop a fixed number is under way: each reply lets the next message go. Of several messages only some are
 * timed, since the clock would cost too much of what is measured; the number in so many is no divisor of the depths, so
 * that it is each time another place in the batch. At a given rate each message is timed, from when it was due.
 */
export class Load implements LineOwner {
  readonly #depth: number
  readonly #timeEvery: number
  readonly #now: () => number
  readonly #lines: readonly LoadLine[]
  /** When the message in a slot was sent, if it is one that is timed. */
  readonly #sentAtMs: Float64Array
  #run: Run | undefined = undefined
  #failure: Error | undefined = undefined

  constructor(options: LoadOptions) {
    const { payloadBytes, connectionCount, depth, now = () => performance.now() } = options
    const slotCount = connectionCount * depth
    const payloads = new PayloadMaker(payloadBytes, slotCount)
    this.#depth = depth
    this.#timeEvery = timeEveryOf(options)
    this.#now = now
    this.#lines = Array.from({ length: connectionCount }, (_, index) => {
      return new LoadLine(index, payloads, this, slotCount === 1)
    })
    this.#sentAtMs = new Float64Array(slotCount)
  }

  /** Whom the connections belong to, in the order in which `run` wants them. */
  get owners(): readonly EchoClientOwner[] {
    return this.#lines
  }

  /**
   * Sends until the run's end, then waits for the replies that are still due. May be called again; numbers go on.
   * Rejects with `BenchError` for a wrong reply, and with what a connection says if it fails, now or before.
   */
  run(clients: readonly EchoClient[], length: RunLength | PacedRunLength): Promise<LoadFigures> {
    return new Promise((resolve, reject) => {
      if (this.#run !== undefined) throw new Error('run: the run before is not over')
      if (this.#failure !== undefined) throw this.#failure
      const { durationMs } = length
      const ratePerSecond = 'ratePerSecond' in length ? length.ratePerSecond : 0
      const isPaced = ratePerSecond > 0
      const leftCount = isPaced
        ? Math.ceil((durationMs / 1000) * ratePerSecond)
        : ((length as RunLength).messageCount ?? Infinity)
      const counts = { leftCount, sentCount: 0, underWayCount: 0 }
      const cpu = process.cpuUsage()
      const startMs = this.#now()
      const times = { startMs, endMs: startMs + durationMs, intervalMs: isPaced ? 1000 / ratePerSecond : 0 }
      this.#run = { clients, ...times, cpu, latencies: new LatencyRecorder(), resolve, reject, ...counts }
      if (isPaced) this.#keepRate(this.#run)
      else this.#keepDepth(this.#run)
    })
  }

  /** Sends one message on each connection. Resolves when all their replies have come. */
  async sendOnEach(clients: readonly EchoClient[]): Promise<void> {
    await this.run(clients, { durationMs: Infinity, messageCount: this.#lines.length })
  }

  replied(line: LoadLine, seq: number): void {
    const run = this.#run
    if (run === undefined) return
    run.underWayCount--
    if (run.intervalMs > 0 || this.#isTimed(line, seq)) this.#time(run, line, seq)
    if (run.leftCount > 0 && run.intervalMs === 0) this.#send(run, line)
    else if (run.underWayCount === 0 && run.leftCount === 0) this.#finish(run)
  }

  failed(error: Error): void {
    this.#failure ??= error
    this.#run?.reject(error)
    this.#run = undefined
  }

  #keepDepth(run: Run): void {
    for (let count = 0; count < this.#depth; count++) {
      for (const line of this.#lines) {
        if (run.leftCount > 0) this.#send(run, line)
      }
    }
  }

  /** Looks at the clock in each turn of the event loop: a timer would be late by up to a millisecond. */
  #keepRate(run: Run): void {
    let index = 0
    const pump = (): void => {
      if (this.#run !== run) return
      const nowMs = this.#now()
      for (; run.leftCount > 0; index++) {
        const dueMs = run.startMs + index * run.intervalMs
        const line = this.#lines[index % this.#lines.length]
        if (dueMs > nowMs || line === undefined) break
        this.#sendDue(run, line, dueMs)
      }
      if (run.leftCount > 0) setImmediate(pump)
    }
    pump()
  }

  #send(run: Run, line: LoadLine): void {
    const slot = this.#slotOf(line, line.nextSeq)
    if (this.#isTimed(line, line.nextSeq)) this.#sentAtMs[slot] = this.#now()
    this.#put(run, line, slot)
  }

  #sendDue(run: Run, line: LoadLine, dueMs: number): void {
    if (line.underWayCount === this.#depth) {
      const text = `expected at most ${this.#depth} messages under way at this rate, got more`
      this.failed(new BenchError('ERR_BENCH_REPLY', text))
      return
    }
    const slot = this.#slotOf(line, line.nextSeq)
    this.#sentAtMs[slot] = dueMs
    this.#put(run, line, slot)
  }

  #put(run: Run, line: LoadLine, slot: number): void {
    const client = run.clients[line.index]
    if (client === undefined) throw new Error(`run: expected ${this.#lines.length} clients, got ${run.clients.length}`)
    run.leftCount--
    run.sentCount++
    run.underWayCount++
    line.send(client, slot)
  }

  #slotOf(line: LoadLine, seq: number): number {
    return line.index * this.#depth + (seq % this.#depth)
  }

  #isTimed(line: LoadLine, seq: number): boolean {
    return (line.index + seq) % this.#timeEvery === 0
  }

  #time(run: Run, line: LoadLine, seq: number): void {
    const nowMs = this.#now()
    const sentMs = this.#sentAtMs[this.#slotOf(line, seq)] ?? nowMs
    run.latencies.record((nowMs - sentMs) * NANOS_PER_MS)
    if (nowMs >= run.endMs && run.intervalMs === 0) run.leftCount = 0
  }

  #finish(run: Run): void {
    const elapsedMs = this.#now() - run.startMs
    const { user, system } = process.cpuUsage(run.cpu)
    this.#run = undefined
    const latencies = run.latencies.pack()
    run.resolve({ messageCount: run.sentCount, elapsedMs, cpuMicros: user + system, latencies })
  }
}

/** Of so many messages in a closed loop, one is timed. Few large ones must do for a distribution. */
export function timeEveryOf({ payloadBytes, connectionCount, depth }: LoadOptions): number {
  return connectionCount * depth === 1 || payloadBytes >= LARGE_BYTES ? 1 : CHECK_EVERY
}
