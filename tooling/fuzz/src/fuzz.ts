import { recordFinding, type Finding } from './finding.ts'
import type { LaneJob, LaneResult } from './lane-message.ts'
import { sumLanes, type FuzzReport, type TargetFigures } from './report.ts'
import { ThreadPool, type ThreadPoolOptions } from './thread-pool.ts'

/**
 * Lanes of each target. Fixed, and not the number of cores, so that a seed and a number of inputs stand for the same
 * inputs on every machine.
 */
const LANES = 4

export interface FuzzOptions {
  readonly targets: readonly string[]
  /** In all, shared evenly among the targets. */
  readonly inputs: number
  /** In all, as well. */
  readonly seconds: number
  readonly seed: number
}

/** Fuzzes targets that are written in TypeScript. `tell` is told of each finding as it is found. */
export async function fuzz(
  options: FuzzOptions,
  pool: ThreadPoolOptions,
  tell: (finding: Finding) => void,
): Promise<{ targets: Record<string, TargetFigures>; findings: Finding[] }> {
  const results = new Map<string, LaneResult[]>(options.targets.map((target) => [target, []]))
  const findings: Finding[] = []
  await new ThreadPool(pool).run(jobsFor(options, pool.threads), (result) => {
    const { target, seed } = result.job
    results.get(target)?.push(result)
    const { failure } = result
    if (failure === undefined || findings.some((known) => known.target === target && known.key === failure.key)) return
    const origin = `Found by: npm run fuzz -- --target ${target} --seed ${seed} --inputs ${options.inputs}`
    const finding = recordFinding(target, failure.bytes, failure.error, failure.key, origin)
    findings.push(finding)
    tell(finding)
  })
  return { targets: Object.fromEntries([...results].map(([name, lanes]) => [name, sumLanes(lanes)])), findings }
}

/** The lanes of every target: all first ones, then all second ones, so that each target gets its turn early. */
export function jobsFor({ targets, inputs, seconds, seed }: FuzzOptions, threads: number): LaneJob[] {
  const jobs = LANES * targets.length
  const maxInputs = inputs === Infinity ? Infinity : Math.ceil(inputs / jobs)
  const maxSeconds = (seconds * Math.min(threads, jobs)) / jobs
  return Array.from({ length: LANES }, (_, lane) =>
    targets.map((target) => ({ target, lane, seed, maxInputs, maxSeconds })),
  ).flat()
}

/** The figures of all targets together. */
export function reportOf(
  targets: Readonly<Record<string, TargetFigures>>,
  run: { readonly findings: number; readonly seed: number; readonly seconds: number },
): FuzzReport {
  const inputs = Object.values(targets).reduce((sum, figures) => sum + figures.inputs, 0)
  return { inputs, ...run, targets }
}
