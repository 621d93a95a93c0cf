import type { LaneResult } from './lane-message.ts'

/** What became of one target. */
export interface TargetFigures {
  readonly inputs: number
  /** Ways that inputs led. */
  readonly signatures: number
  /** The most that one input took, garbage included; absent where it is not measured. */
  readonly maxAllocatedBytes?: number
  /** Of one core. */
  readonly inputsPerSecond: number
}

/** What a run says in the end. */
export interface FuzzReport {
  readonly inputs: number
  readonly findings: number
  readonly seed: number
  readonly seconds: number
  readonly targets: Readonly<Record<string, TargetFigures>>
}

/** Adds up what the lanes of one target did. */
export function sumLanes(results: readonly LaneResult[]): TargetFigures {
  const signatures = new Set(results.flatMap((result) => result.signatures))
  const inputs = results.reduce((sum, { figures }) => sum + figures.inputs, 0)
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
  return {
    inputs,
    signatures: signatures.size,
    maxAllocatedBytes: Math.max(...results.map(({ figures }) => figures.maxAllocatedBytes)),
    inputsPerSecond: seconds === 0 ? 0 : Math.round(inputs / seconds),
  }
}

/** The report for people: a line for each target, and one for all. */
export function renderReport({ targets, inputs, findings, seconds, seed }: FuzzReport): string {
  const rows = Object.entries(targets).map(([name, figures]) => {
    const { maxAllocatedBytes: bytes } = figures
    const memory = bytes === undefined ? '' : `, at most ${Math.ceil(bytes / 1024)} KiB for one`
    return `${name.padEnd(17)} ${figures.inputs} inputs, ${figures.signatures} ways${memory}, ${figures.inputsPerSecond}/s`
  })
  const sum = `${inputs} inputs in ${seconds} s, seed ${seed}: ${findings} findings`
  return [...rows, sum].join('\n')
}
