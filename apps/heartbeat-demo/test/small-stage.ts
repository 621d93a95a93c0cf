import type { DemoOptions } from '../src/demo-options.ts'
import { Stage } from '../src/stage.ts'
import { SIMPLE } from './raw-peer.ts'

const STAGE_OPTIONS: DemoOptions = {
  osdCount: 3,
  messenger: SIMPLE,
  seed: 1,
  intervalMs: 600,
  graceMs: 2000,
  minMessageSize: 0,
  minReporters: 2,
  fastFail: true,
  rounds: 1,
  stepDeadlineMs: 60_000,
}

/** A stage without any process: whatever happens on it, a test tells its watch. */
export function makeStage(
  changes: Partial<DemoOptions> = {},
  controller: AbortController = new AbortController(),
): Stage {
  return new Stage({ ...STAGE_OPTIONS, ...changes }, '11111111-2222-3333-4444-555555555555', controller.signal)
}
