import { addFigures, type Figures } from './figures.ts'
import { memoryBound } from './memory-bound.ts'
import type { ProcessReport } from './process-protocol.ts'
import { describeChoice } from './messenger-choice.ts'
import { nameOf, type StressPlan } from './stress-plan.ts'

const MIB = 1024 * 1024
/** How many breaches are told. */
const MAX_BREACHES = 10

/** What `--json` prints. Fields may be added behind. */
export interface StressSummary {
  readonly sent: number
  readonly delivered: number
  readonly lost: number
  readonly duplicated: number
  readonly reordered: number
  readonly cuts: number
  readonly reconnects: number
  readonly seconds: number
  /** The sum of each process's peak, as the kernel says. */
  readonly peakRssBytes: number
  readonly ok: boolean
  readonly answered: number
  readonly told: number
  readonly forgiven: number
  readonly stale: number
  readonly corrupt: number
  readonly misdirected: number
  readonly refused: number
  readonly resets: number
  readonly remoteResets: number
  readonly bytes: number
  /** Requests and replies for each socket that was cut. */
  readonly messagesPerCut: number | null
  readonly messagesPerSecond: number
  readonly rssBytesAtTenth: number
  readonly rssBytesAtEnd: number
  readonly rssBytesBound: number
  readonly processes: number
  readonly preset: string
  readonly messenger: string
  readonly policy: string
  readonly seed: number
  readonly breaches: readonly string[]
}

/** What is known when a run is over. */
export interface RunOutcome {
  readonly reports: readonly ProcessReport[]
  readonly seconds: number
  /** `undefined` if it never came so far. */
  readonly rssBytesAtTenth: number | undefined
  /** Messages that the dispatch queues still had. */
  readonly leftCount: number
  /** Why the run did not come to its end. */
  readonly stuck: string | undefined
}

/** Adds everything up, and says whether all that was promised was kept. */
export function summarize(preset: string, plan: StressPlan, outcome: RunOutcome): StressSummary {
  const { reports, seconds, leftCount, stuck } = outcome
  const figures = addFigures(reports.map((report) => report.figures))
  const { sent, delivered, answered, told, forgiven, duplicated, reordered, cuts, reconnects, ...rest } = figures
  const rssBytesAtEnd = reports.reduce((sum, { rssBytes }) => sum + rssBytes, 0)
  const rssBytesAtTenth = outcome.rssBytesAtTenth ?? rssBytesAtEnd
  const rssBytesBound = memoryBound(rssBytesAtTenth, reports.length)
  // A request is lost, or its reply is: either way it has none.
  const lost = sent - answered - told - forgiven
  const breaches = [
    ...(stuck === undefined ? [] : [stuck]),
    ...reports.flatMap((report) => report.breaches),
    ...(lost === 0 ? [] : [`${lost} of ${sent} requests have no reply`]),
    ...unevenStreams(plan, reports, figures),
    ...(leftCount === 0 ? [] : [`${leftCount} messages were left in dispatch queues`]),
    ...(rssBytesAtEnd <= rssBytesBound ? [] : [describeGrowth(rssBytesAtTenth, rssBytesAtEnd, rssBytesBound)]),
  ]
  return {
    ...{ sent, delivered, lost, duplicated, reordered, cuts, reconnects },
    seconds: Math.round(seconds * 1000) / 1000,
    peakRssBytes: reports.reduce((sum, { peakRssBytes }) => sum + peakRssBytes, 0),
    ok: breaches.length === 0,
    ...{ answered, told, forgiven, ...rest },
    messagesPerCut: cuts === 0 ? null : Math.round((10 * (delivered + answered)) / cuts) / 10,
    messagesPerSecond: Math.round((delivered + answered) / seconds),
    ...{ rssBytesAtTenth, rssBytesAtEnd, rssBytesBound },
    processes: reports.length,
    preset,
    messenger: describeChoice(plan.messenger),
    policy: plan.policy,
    seed: plan.seed,
    breaches: breaches.slice(0, MAX_BREACHES),
  }
}

/** Where nothing may be lost, both ends of each stream have to agree on how many requests there were. */
function unevenStreams(plan: StressPlan, reports: readonly ProcessReport[], figures: Figures): readonly string[] {
  if (figures.told + figures.forgiven > 0) return []
  const byStream = new Map<number, string[]>()
  for (const [stream, counts] of reports.flatMap((report) => report.counts)) {
    byStream.set(stream, [...(byStream.get(stream) ?? []), counts.join('/')])
  }
  return [...byStream].flatMap(([stream, [served = '0/0/0/0', sent = '0/0/0/0']]) => {
    return served === sent ? [] : [`${nameOf(plan, stream)}: ${sent} requests were sent, ${served} came`]
  })
}

function describeGrowth(atTenth: number, atEnd: number, bound: number): string {
  const [tenth, end, most] = [atTenth, atEnd, bound].map((bytes) => Math.round(bytes / MIB))
  return `memory: ${String(tenth)} MiB after a tenth of the run, expected at most ${String(most)} MiB at its end, got ${String(end)}`
}
