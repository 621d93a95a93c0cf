import { setTimeout as sleep } from 'node:timers/promises'
import { StressFleet } from './stress-fleet.ts'
import type { StressPlan } from './stress-plan.ts'
import { summarize, type StressSummary } from './stress-summary.ts'
import { Watchdog } from './watchdog.ts'

/** How often it looks whether a tenth of the run is over. */
const LOOK_EVERY_MS = 50
/** How long processes may take to tell what they know of a run that is stuck. */
const DESCRIBE_PATIENCE_MS = 5000

export interface StressRunOptions {
  readonly preset: string
  /** How long nothing may move. */
  readonly patienceMs: number
  /** Takes what there is to know of a run that is stuck, in lines. */
  readonly complain: (text: string) => void
  /** Resolves when the run is called off. */
  readonly calledOff: Promise<unknown>
}

/** Runs a plan and leaves no process behind. Resolves to `undefined` if it was called off; rejects with `StressError`. */
export async function runStress(plan: StressPlan, options: StressRunOptions): Promise<StressSummary | undefined> {
  const fleet = new StressFleet(plan)
  try {
    const run = watchRun(fleet, plan, options)
    return await Promise.race([run, options.calledOff.then(() => undefined), fleet.failed])
  } finally {
    await fleet.killAll()
  }
}

async function watchRun(fleet: StressFleet, plan: StressPlan, options: StressRunOptions): Promise<StressSummary> {
  const serverAddrs = await fleet.ready()
  const startMs = performance.now()
  const tenth = watchTenth(fleet, plan)
  const dog = new Watchdog(options.patienceMs, () => {
    const { delivered, answered, forgiven, told } = fleet.figures
    return delivered + answered + forgiven + told
  })
  const isStuck = await Promise.race([fleet.run(serverAddrs).then(() => false), dog.barked.then(() => true)])
  dog.stop()
  const seconds = (performance.now() - startMs) / 1000
  const rssBytesAtTenth = tenth.stop()
  if (isStuck) {
    const lines = await Promise.race([fleet.describe(), sleep(DESCRIBE_PATIENCE_MS, ['some processes do not answer'])])
    options.complain(`${lines.join('\n')}\n`)
  }
  const stuck = isStuck ? `stuck: nothing has moved for ${options.patienceMs / 1000} s` : undefined
  const reports = await fleet.report()
  const leftCount = isStuck ? 0 : await fleet.shutdown()
  return summarize(options.preset, plan, { reports, seconds, rssBytesAtTenth, leftCount, stuck })
}

/** Notes how much memory there is in use when a tenth of the run is over, by messages or by time. */
function watchTenth(fleet: StressFleet, plan: StressPlan): { readonly stop: () => number | undefined } {
  let rssBytes: number | undefined
  const startMs = performance.now()
  const total = plan.messages ?? expectedMessages(plan)
  const timer = setInterval(() => {
    const tenthIsOver =
      plan.seconds === null ? fleet.figures.answered >= total / 10 : performance.now() - startMs >= plan.seconds * 100
    if (!tenthIsOver) return
    rssBytes = fleet.rssBytes
    clearInterval(timer)
  }, LOOK_EVERY_MS)
  return {
    stop: () => {
      clearInterval(timer)
      return rssBytes
    },
  }
}

/** How many messages the dice will send. */
function expectedMessages({ rules }: StressPlan): number {
  return rules.kind === 'steady' ? Infinity : (rules.steps * (rules.dropAbove - rules.sendAbove)) / 100
}
