import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { type Scenario, type WireName } from '../simulation/scenario.ts'
import { simulate } from '../simulation/simulate.ts'
import { addTally, emptyTally, type Tally } from '../simulation/tally.ts'
import { unfold } from '../simulation/unfold.ts'

// Plays scenarios by their seeds, on all cores. See --help.

const HELP = `Plays seeded scenarios of sessions on a virtual network, and checks what every end was given and told.

  --scenarios N   how many (default 10000)
  --seed S        the first seed; the others follow (default 1)
  --wire V        v1 or v2; by default the odd seeds play on v1 and the even ones on v2
  --peers N       two to five hosts in each, instead of as many as its seed says
  --threads N     default: one for each core
  --trace         print what happens in each, line by line

The last line on stdout is a JSON object of counts. A scenario that breaks a promise is printed with its trace and the
command that repeats it, and makes the exit code 1.
`

const BATCH = 200
const MAX_REPORTS = 3
const PROGRESS_EVERY_MS = 5_000

/** Seeds for one worker to play, and what came of them. */
interface Batch {
  readonly firstSeed: number
  readonly count: number
  readonly peerCount: number | undefined
  readonly wire: WireName | undefined
  readonly isTracing: boolean
}

interface BatchResult {
  readonly count: number
  readonly tally: Tally
  readonly reports: readonly { readonly seed: number; readonly text: string; readonly isBroken: boolean }[]
}

function playBatch({ firstSeed, count, peerCount, wire, isTracing }: Batch): BatchResult {
  const tally = emptyTally()
  const reports = []
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const scenario = unfold(seed, {
      wire: wire ?? (seed % 2 === 1 ? 'v1' : 'v2'),
      ...(peerCount !== undefined && { peerCount }),
    })
    const { broken, ...verdict } = simulate(scenario, { isTracing })
    addTally(tally, verdict.tally)
    const isBroken = broken.length > 0
    if (!isBroken && !isTracing) continue
    reports.push({ seed, text: isTracing ? verdict.trace.join('\n') : traceOf(scenario), isBroken })
  }
  return { count, tally, reports }
}

/** Plays it once more, and writes everything down. */
function traceOf(scenario: Scenario): string {
  Error.stackTraceLimit = 10
  const { trace, broken } = simulate(scenario, { isTracing: true })
  Error.stackTraceLimit = 0
  return [JSON.stringify(scenario), ...trace, ...broken].join('\n')
}

interface Choice {
  readonly scenarios: number
  readonly firstSeed: number
  readonly peerCount: number | undefined
  readonly wire: WireName | undefined
  readonly threadCount: number
  readonly isTracing: boolean
}

function readArgs(): Choice | undefined {
  const { values } = parseArgs({
    options: {
      scenarios: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      wire: { type: 'string' },
      peers: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    scenarios: wholeNumber('--scenarios', values.scenarios, 1, Number.MAX_SAFE_INTEGER),
    firstSeed: wholeNumber('--seed', values.seed, 0, 0xffff_ffff),
    peerCount: values.peers === undefined ? undefined : wholeNumber('--peers', values.peers, 2, 5),
    wire: values.wire === undefined ? undefined : wireName(values.wire),
    threadCount: wholeNumber('--threads', values.threads, 1, 1024),
    isTracing: values.trace,
  }
}

function wireName(text: string): WireName {
  if (text === 'v1' || text === 'v2') return text
  throw new Error(`--wire: expected v1 or v2, got ${text}`)
}

function wholeNumber(name: string, text: string, from: number, to: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= from && value <= to) return value
  throw new Error(`${name}: expected a whole number from ${from} to ${to}, got ${text}`)
}

/** Hands out batches until none is left, and adds up what comes back. */
class Run {
  readonly #choice: Choice
  readonly #startedAtMs = performance.now()
  readonly #sum = emptyTally()
  #handedOut = 0
  #done = 0
  #failed = 0
  #saidAtMs = this.#startedAtMs

  constructor(choice: Choice) {
    this.#choice = choice
  }

  async play(): Promise<boolean> {
    const { threadCount } = this.#choice
    await Promise.all(Array.from({ length: threadCount }, () => this.#work()))
    const seconds = Math.round((performance.now() - this.#startedAtMs) / 10) / 100
    say(process.stdout, JSON.stringify({ scenarios: this.#done, failed: this.#failed, ...this.#sum, seconds }))
    return this.#failed === 0
  }

  #work(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 64 } })
      const next = (): void => {
        const batch = this.#nextBatch()
        if (batch !== undefined) worker.postMessage(batch)
        else
          void worker.terminate().then(() => {
            resolve()
          })
      }
      worker.on('message', (result: BatchResult) => {
        this.#add(result)
        next()
      })
      worker.on('error', reject)
      next()
    })
  }

  #nextBatch(): Batch | undefined {
    const { scenarios, firstSeed, peerCount, wire, isTracing } = this.#choice
    const count = Math.min(BATCH, scenarios - this.#handedOut)
    if (count === 0) return undefined
    const batch = { firstSeed: firstSeed + this.#handedOut, count, peerCount, wire, isTracing }
    this.#handedOut += count
    return batch
  }

  #add({ count, tally, reports }: BatchResult): void {
    this.#done += count
    addTally(this.#sum, tally)
    for (const { seed, text, isBroken } of reports) {
      if (isBroken) this.#failed++
      if (isBroken && this.#failed > MAX_REPORTS) continue
      say(process.stdout, text)
      if (isBroken) say(process.stdout, `seed ${seed} breaks a promise; to see it again: ${this.#commandFor(seed)}\n`)
    }
    const nowMs = performance.now()
    if (nowMs - this.#saidAtMs < PROGRESS_EVERY_MS) return
    this.#saidAtMs = nowMs
    const seconds = Math.round((nowMs - this.#startedAtMs) / 1000)
    say(process.stderr, `${this.#done} of ${this.#choice.scenarios} scenarios in ${seconds} s, ${this.#failed} failed`)
  }

  #commandFor(seed: number): string {
    const { peerCount, wire } = this.#choice
    const onWire = wire === undefined ? '' : ` --wire ${wire}`
    const peers = peerCount === undefined ? '' : ` --peers ${peerCount}`
    return `npm run simulate -- --scenarios 1 --seed ${seed}${onWire}${peers} --trace`
  }
}

function say(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${text}\n`)
}

if (isMainThread) {
  const choice = readArgs()
  if (choice === undefined) process.stdout.write(HELP)
  else if (!(await new Run(choice).play())) process.exitCode = 1
} else {
  // Thousands of errors are made and shown to nobody; where each was made would cost more than all else about it.
  Error.stackTraceLimit = 0
  parentPort?.on('message', (batch: Batch) => {
    parentPort?.postMessage(playBatch(batch))
  })
}
