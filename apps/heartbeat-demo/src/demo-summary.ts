import type { ClusterEvent } from './cluster-watch.ts'
import { formatMessengerChoice } from './messenger-choice.ts'
import { formatMs, type RoundTripFigures } from './round-trips.ts'
import type { Comeback, Detection } from './scenario.ts'
import type { Stage } from './stage.ts'

const PAST = { killed: 'was killed', hung: 'hung', restarted: 'was started again', woken: 'went on' } as const

/** How one step went. */
export interface StepOutcome {
  readonly name: string
  readonly title: string
  readonly ok: boolean
  readonly tookMs: number
  /** What came of it, or what went wrong. */
  readonly detail: string
  readonly detection?: Detection
  readonly comeback?: Comeback
}

/** All that there is to say of a demo that is over; also what `--json` prints. */
export interface DemoSummary {
  readonly ok: boolean
  /** The signal, or another reason, that called it off. */
  readonly interruptedBy: string | undefined
  readonly messenger: string
  readonly driver: string | undefined
  readonly osds: number
  readonly seed: number
  readonly fsid: string
  readonly intervalMs: number
  readonly graceMs: number
  readonly tookMs: number
  readonly steps: readonly StepOutcome[]
  readonly detections: readonly Detection[]
  readonly comebacks: readonly Comeback[]
  readonly pings: { readonly sent: number; readonly answered: number; readonly missed: number }
  readonly rttMs: RoundTripFigures | null
  readonly epoch: number
  /** Failure reports that reached the monitor. */
  readonly reports: number
  readonly events: readonly (ClusterEvent & { readonly atMs: number })[]
}

/** Sums up. */
export function summarize(
  stage: Stage,
  run: {
    readonly outcomes: readonly StepOutcome[]
    readonly stepCount: number
    readonly interruptedBy: string | undefined
  },
): DemoSummary {
  const { watch, options } = stage
  const { outcomes, interruptedBy } = run
  const counts = watch.map.osds.map(({ id }) => watch.pingsTo(id))
  return {
    ok: interruptedBy === undefined && outcomes.length === run.stepCount && outcomes.every(({ ok }) => ok),
    interruptedBy,
    messenger: options.messenger.type,
    driver: options.messenger.type === 'async' ? options.messenger.driver : undefined,
    osds: options.osdCount,
    seed: options.seed,
    fsid: stage.fsid,
    intervalMs: options.intervalMs,
    graceMs: options.graceMs,
    tookMs: Math.round(stage.elapsedMs),
    steps: outcomes,
    detections: outcomes.flatMap(({ detection }) => detection ?? []),
    comebacks: outcomes.flatMap(({ comeback }) => comeback ?? []),
    pings: {
      sent: counts.reduce((sum, { pings }) => sum + pings, 0),
      answered: watch.all.count,
      missed: counts.reduce((sum, { missed }) => sum + missed, 0),
    },
    rttMs: watch.all.figures ?? null,
    epoch: watch.map.epoch,
    reports: watch.events.filter(({ event }) => event.kind === 'report').length,
    events: watch.events.map(({ atMs, event }) => ({ atMs: Math.round(atMs), ...event })),
  }
}

/** The same in words, a line each. */
export function summaryLines(summary: DemoSummary, choice: Stage['options']['messenger']): readonly string[] {
  const { pings, rttMs, detections, comebacks, tookMs, steps, interruptedBy, epoch, reports } = summary
  const rtt = rttMs === null ? '' : `; round trip p50 ${formatMs(rttMs.p50)}, p99 ${formatMs(rttMs.p99)}`
  const failed = steps.find(({ ok }) => !ok)
  const lines = [
    ...detections.map(({ osd, what, afterMs, reporters, findings }) => {
      const why = [...new Set(findings)].join(' and ')
      return `osd.${osd} ${PAST[what]}: found out after ${formatMs(afterMs)} (${why}; ${reporters.length} reporters)`
    }),
    ...comebacks.map(({ osd, what, afterMs }) => `osd.${osd} ${PAST[what]}: up again after ${formatMs(afterMs)}`),
    `${pings.sent} pings, ${pings.answered} answered, ${pings.missed} missed${rtt}`,
    `${reports} failure reports, ${epoch} maps; messenger ${formatMessengerChoice(choice)}, seed ${summary.seed}`,
  ]
  if (interruptedBy !== undefined) lines.push(`called off: ${interruptedBy}`)
  else if (failed !== undefined) lines.push(`FAILED at "${failed.title}": ${failed.detail}`)
  else lines.push(`all ${steps.length} steps went as they should, in ${formatMs(tookMs)}`)
  return lines
}
