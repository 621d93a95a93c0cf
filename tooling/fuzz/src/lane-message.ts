import type { LaneFigures } from './lane.ts'

/** What a thread is asked to do: a part of a lane, named by its number. */
export interface LaneJob {
  readonly target: string
  readonly lane: number
  readonly seed: number
  /** It ends at whichever comes first. */
  readonly maxInputs: number
  readonly maxSeconds: number
}

/** What it says when it has done so, or has come upon a failure. */
export interface LaneResult {
  readonly job: LaneJob
  readonly figures: LaneFigures
  readonly signatures: readonly number[]
  readonly seconds: number
  readonly failure?: { readonly bytes: Uint8Array; readonly error: string; readonly key: string }
}
