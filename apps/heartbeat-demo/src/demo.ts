import { constants } from 'node:os'
import { Uuid } from '@msgr/bufferlist'
import { makeThrowAwayKeyring } from './cluster-authenticator.ts'
import type { DemoOptions } from './demo-options.ts'
import { summarize, type StepOutcome } from './demo-summary.ts'
import type { DemoView } from './demo-view.ts'
import { endSignal, type EndSignal } from './end-signal.ts'
import { makeScript, type Step } from './scenario.ts'
import { seededRandom } from './seeded-random.ts'
import { Stage } from './stage.ts'

/** How long processes may take to end when the demo is called off or has failed, in milliseconds. */
const CLEAN_UP_PATIENCE_MS = 2000
const EXIT_CODE_OF_A_SIGNAL = 128

/**
 * Runs the whole demo and leaves no process behind, however it ends. Resolves to the exit code: 0 if every step went as
 * it should, 1 if not, and 128 and the signal's number if a signal called it off.
 */
export async function runDemo(asked: DemoOptions, makeView: (stage: Stage) => DemoView): Promise<number> {
  const { auth } = asked.messenger
  if (auth.method === 'none' || auth.keyring !== '') return runWithKeys(asked, makeView)
  const { path, remove } = await makeThrowAwayKeyring(asked.osdCount)
  try {
    const messenger = { ...asked.messenger, auth: { ...auth, keyring: path } }
    return await runWithKeys({ ...asked, messenger }, makeView)
  } finally {
    remove()
  }
}

async function runWithKeys(options: DemoOptions, makeView: (stage: Stage) => DemoView): Promise<number> {
  const end = endSignal({ watchParent: true })
  const stage = new Stage(options, Uuid.random().toString(), end.signal)
  end.onImpatience(() => {
    stage.supervisor.killAll()
  })
  const view = makeView(stage)
  stage.watch.listen((event) => {
    if (event !== undefined) view.happened(event)
  })
  const script = makeScript(stage, seededRandom(options.seed))
  view.begin(script)
  const outcomes = await play(script, stage, view)
  await stage.supervisor.endAll(CLEAN_UP_PATIENCE_MS)
  end.stopListening()
  const summary = summarize(stage, { outcomes, stepCount: script.length, interruptedBy: end.reason?.text })
  view.finish(summary)
  return summary.ok ? 0 : exitCodeOf(end.reason)
}

async function play(script: readonly Step[], stage: Stage, view: DemoView): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = []
  for (const step of script) {
    view.stepBegan(step)
    const outcome = await runStep(step, stage)
    outcomes.push(outcome)
    view.stepEnded(outcome)
    if (!outcome.ok) break
  }
  return outcomes
}

async function runStep(step: Step, stage: Stage): Promise<StepOutcome> {
  const { name, title } = step
  const startedMs = stage.elapsedMs
  const tookMs = (): number => Math.round(stage.elapsedMs - startedMs)
  try {
    const facts = await step.run(stage)
    return { name, title, ok: true, tookMs: tookMs(), ...facts }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { name, title, ok: false, tookMs: tookMs(), detail }
  }
}

function exitCodeOf(reason: EndSignal['reason']): number {
  if (reason?.signal === undefined) return 1
  return EXIT_CODE_OF_A_SIGNAL + constants.signals[reason.signal]
}
