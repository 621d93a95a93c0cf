import type { BenchResult } from './bench-result.ts'
import type { Machine } from './machine.ts'
import type { LeftOut } from './suite.ts'

/** What `--json` writes. Grows by fields only; any other change raises `schema`. */
export interface JsonReport {
  readonly schema: 1
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memory_bytes: number
    readonly node: string
    readonly platform: string
    readonly arch: string
    readonly kernel: string
    readonly date: string
    readonly load: number
    readonly command: string
  }
  readonly results: readonly JsonResult[]
  /** Subjects that could not take part, and why. */
  readonly left_out: readonly LeftOut[]
}

export interface JsonResult {
  readonly suite: string
  readonly case: string
  readonly subject: string
  readonly metric: string
  readonly rounds: number
  readonly median: number
  readonly min: number
  readonly max: number
  /** The median of the rounds' own ratios; null if node-net did not take part. */
  readonly ratio_to_node_net: number | null
  readonly ratio_min: number | null
  readonly ratio_max: number | null
  /** The same over the best of those that are not ours; null if there is none, or the subject is not ours. */
  readonly best_peer: string | null
  readonly ratio_to_best_peer: number | null
  readonly best_peer_ratio_min: number | null
  readonly best_peer_ratio_max: number | null
  /** The same over another subject of ours; null where a suite has none to compare with. */
  readonly reference: string | null
  readonly ratio_to_reference: number | null
  readonly reference_ratio_min: number | null
  readonly reference_ratio_max: number | null
}

/** Everything that was found, in the form for programs. */
export function jsonReport(machine: Machine, results: readonly BenchResult[], leftOut: readonly LeftOut[]): JsonReport {
  const { memoryBytes, ...rest } = machine
  return {
    schema: 1,
    machine: { ...rest, memory_bytes: memoryBytes },
    results: results.map(jsonResult),
    left_out: leftOut,
  }
}

function jsonResult(result: BenchResult): JsonResult {
  const { suite, subject, metric, roundCount, values, ratioToNodeNet, ratioToBestPeer, ratioToReference } = result
  return {
    suite,
    case: result.case,
    subject,
    metric,
    rounds: roundCount,
    ...values,
    ratio_to_node_net: ratioToNodeNet?.median ?? null,
    ratio_min: ratioToNodeNet?.min ?? null,
    ratio_max: ratioToNodeNet?.max ?? null,
    best_peer: ratioToBestPeer?.peer ?? null,
    ratio_to_best_peer: ratioToBestPeer?.median ?? null,
    best_peer_ratio_min: ratioToBestPeer?.min ?? null,
    best_peer_ratio_max: ratioToBestPeer?.max ?? null,
    reference: ratioToReference?.reference ?? null,
    ratio_to_reference: ratioToReference?.median ?? null,
    reference_ratio_min: ratioToReference?.min ?? null,
    reference_ratio_max: ratioToReference?.max ?? null,
  }
}
