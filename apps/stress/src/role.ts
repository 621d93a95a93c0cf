import type { FaultLog } from './fault-log.ts'
import type { Payloads } from './payloads.ts'
import type { FromProcess, StressProcessConfig } from './process-protocol.ts'
import type { RunRecord } from './run-record.ts'

/** What both roles are made of. */
export interface RoleParts {
  readonly config: StressProcessConfig
  readonly payloads: Payloads
  readonly record: RunRecord
  readonly log: FaultLog
  readonly tell: (message: FromProcess) => void
}

/** What a process does for the stress: the half of it that serves, or the half that asks. */
export interface Role {
  /** Per stream and class, what was sent, or has come. */
  readonly counts: readonly (readonly [stream: number, counts: readonly number[]])[]
  readonly missing: { readonly count: number; readonly lines: readonly string[] }
  /** Resolves to the addresses where it listens. */
  prepare(): Promise<readonly string[]>
  begin(serverAddrs: readonly string[]): Promise<void>
  drop(stream: number): void
  describe(): readonly string[]
  shutdown(): Promise<number>
}

/** Which of `total` numbers belong to one of several processes: every `count`th, from `index` on. */
export function numbersOf(total: number, index: number, count: number): readonly number[] {
  return Array.from({ length: total }, (_, number) => number).filter((number) => number % count === index)
}
