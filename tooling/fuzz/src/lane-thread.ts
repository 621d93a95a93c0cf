import { parentPort, workerData } from 'node:worker_threads'
import { keptInputs } from './corpus.ts'
import { CurrentInput } from './current-input.ts'
import { failureKey, judge } from './judge.ts'
import type { LaneJob, LaneResult } from './lane-message.ts'
import { Lane } from './lane.ts'
import { minimise } from './minimise.ts'
import { seedFor } from './random.ts'
import { findTarget } from './targets/all.ts'
import type { Target } from './target.ts'

// Runs the lanes that it is asked for, one after the other.

const STACK_LIMIT = 20
/** Inputs between two looks at the clock. */
const BATCH = 64

const current = new CurrentInput(workerData as SharedArrayBuffer)

function run(job: LaneJob): LaneResult {
  const target = findTarget(job.target)
  const kept = keptInputs(target.name).map(({ bytes }) => bytes)
  const lane = new Lane(target, kept, seedFor(job.seed, target.name, job.lane))
  const startMs = performance.now()
  const seconds = (): number => (performance.now() - startMs) / 1000
  const begin = (bytes: Uint8Array): void => {
    current.begin(bytes)
  }
  for (let left = job.maxInputs; left > 0 && seconds() < job.maxSeconds; left -= BATCH) {
    const failure = lane.run(Math.min(BATCH, left), begin)
    if (failure !== undefined)
      return { ...resultOf(job, lane, seconds()), failure: explain(target, failure.bytes, failure.error) }
  }
  return resultOf(job, lane, seconds())
}

function resultOf(job: LaneJob, lane: Lane, seconds: number): LaneResult {
  return { job, figures: lane.figures, signatures: [...lane.signatures], seconds }
}

/** The failure with the plainest input that has it, and where it comes from. */
function explain(target: Target, bytes: Uint8Array, error: Error): NonNullable<LaneResult['failure']> {
  const smallest = minimise(target, bytes, error)
  const verdict = judge(target, smallest, STACK_LIMIT)
  const shown = verdict.kind === 'failed' ? verdict.error : error
  return { bytes: smallest, error: shown.stack ?? String(shown), key: failureKey(error) }
}

parentPort?.on('message', (job: LaneJob) => {
  parentPort?.postMessage(run(job))
})
