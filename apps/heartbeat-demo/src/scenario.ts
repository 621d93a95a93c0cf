import type { ClusterEvent } from './cluster-watch.ts'
import type { Finding } from './m-failure-report.ts'
import { formatMs } from './round-trips.ts'
import { pickOne } from './seeded-random.ts'
import type { Stage } from './stage.ts'

/** How long a process that was asked to end may take, in milliseconds. */
const END_PATIENCE_MS = 5000

/** How an OSD was found to have failed. */
export interface Detection {
  readonly osd: number
  readonly what: 'killed' | 'hung'
  /** From the signal to the map that has it as down. */
  readonly afterMs: number
  readonly epoch: number
  readonly reporters: readonly number[]
  readonly findings: readonly Finding[]
}

/** How an OSD came back. */
export interface Comeback {
  readonly osd: number
  readonly what: 'restarted' | 'woken'
  /** To the map that has it as up. */
  readonly afterMs: number
  readonly epoch: number
}

/** What a step has to tell when it went well. */
export interface StepFacts {
  readonly detail: string
  readonly detection?: Detection
  readonly comeback?: Comeback
}

/** One thing that is done to the cluster, and what must come of it. */
export interface Step {
  readonly name: string
  readonly title: string
  run(stage: Stage): Promise<StepFacts>
}

/** The script. Who is killed and who hangs is left to chance. */
export function makeScript(stage: Stage, random: () => number): readonly Step[] {
  const ids = Array.from({ length: stage.options.osdCount }, (_, id) => id)
  const killed = pickOne(ids, random)
  const hung = pickOne(
    ids.filter((id) => id !== killed),
    random,
  )
  return [
    { name: 'start', title: `a monitor and ${ids.length} OSDs start`, run: (on) => start(on, ids) },
    { name: 'steady', title: 'everyone pings everyone', run: steady },
    { name: 'kill', title: `kill -9 of osd.${killed}`, run: (on) => kill(on, killed) },
    { name: 'without', title: `life without osd.${killed}`, run: (on) => without(on, killed) },
    { name: 'return', title: `osd.${killed} is started again`, run: (on) => comeBack(on, killed) },
    { name: 'hang', title: `osd.${hung} hangs (SIGSTOP)`, run: (on) => hang(on, hung) },
    { name: 'hung', title: `life with osd.${hung} hanging`, run: (on) => without(on, hung) },
    { name: 'wake', title: `osd.${hung} goes on (SIGCONT)`, run: (on) => wake(on, hung) },
    { name: 'end', title: 'everything ends', run: end },
  ]
}

async function start(stage: Stage, ids: readonly number[]): Promise<StepFacts> {
  const { watch } = stage
  stage.startMonitor()
  await stage.until(
    'the monitor listens',
    () => watch.monitorAddr !== undefined,
    () => 'it does not',
  )
  for (const id of ids) stage.startOsd(id)
  await stage.until(`${ids.length} OSDs are up`, () => watch.upIds.length === ids.length)
  await stage.untilKnown(watch.map.epoch, ids)
  await stage.rounds(1)
  return { detail: `${ids.length} OSDs up at epoch ${watch.map.epoch}, pinged at front and back` }
}

async function steady(stage: Stage): Promise<StepFacts> {
  const { watch } = stage
  const before = totals(stage)
  await stage.rounds(2 * stage.options.rounds)
  const after = totals(stage)
  const { epoch } = watch.map
  stage.check('no reports of failures', after.reports === before.reports, `${after.reports - before.reports}`)
  stage.check('no missed pings', after.missed === before.missed, `${after.missed - before.missed}`)
  stage.check(`the map of epoch ${before.epoch}`, epoch === before.epoch, `epoch ${epoch}`)
  const p50 = watch.all.figures?.p50 ?? 0
  return { detail: `${after.answered - before.answered} pings answered, none missed; half within ${formatMs(p50)}` }
}

async function kill(stage: Stage, victim: number): Promise<StepFacts> {
  const process = stage.osd(victim)
  stage.mayBeDown.add(victim)
  stage.mayEnd(process)
  const sinceMs = stage.elapsedMs
  process.kill()
  const { signal } = await process.ended
  stage.check('the process to be killed by SIGKILL', signal === 'SIGKILL', String(signal))
  const detection = await detect(stage, victim, 'killed', sinceMs)
  return { detail: describeDetection(detection), detection }
}

async function hang(stage: Stage, victim: number): Promise<StepFacts> {
  stage.mayBeDown.add(victim)
  const sinceMs = stage.elapsedMs
  stage.osd(victim).freeze()
  const detection = await detect(stage, victim, 'hung', sinceMs)
  return { detail: describeDetection(detection), detection }
}

async function detect(stage: Stage, osd: number, what: Detection['what'], sinceMs: number): Promise<Detection> {
  const { watch, options } = stage
  const wanted: Finding = what === 'killed' && options.fastFail ? 'refused' : 'silence'
  await stage.until(`osd.${osd} is down in the map`, () => !watch.isUp(osd))
  const found = lastEvent(stage, (event) => event.kind === 'down' && event.id === osd)
  if (found?.event.kind !== 'down') throw new Error(`osd.${osd} is down, and nothing was seen of it`)
  const { epoch, reporters, findings } = found.event
  const names = reporters.map((id) => `osd.${id}`).join(', ')
  stage.check(`at least ${options.minReporters} reporters`, reporters.length >= options.minReporters, names)
  stage.check(
    `findings of ${wanted}`,
    findings.every((finding) => finding === wanted),
    findings.join(', '),
  )
  await stage.untilKnown(epoch, watch.upIds)
  return { osd, what, afterMs: found.atMs - sinceMs, epoch, reporters, findings }
}

async function without(stage: Stage, victim: number): Promise<StepFacts> {
  const { watch, options } = stage
  await stage.rounds(2)
  const before = watch.pingsTo(victim).pings
  await stage.rounds(options.rounds)
  const after = watch.pingsTo(victim).pings
  stage.check(`no more pings to osd.${victim}`, after === before, `${after - before} of them`)
  stage.check(`osd.${victim} to be down`, !watch.isUp(victim), 'it is up')
  return { detail: `the other ${watch.upIds.length} ping each other, and nobody pings osd.${victim}` }
}

async function comeBack(stage: Stage, victim: number): Promise<StepFacts> {
  const sinceMs = stage.elapsedMs
  stage.startOsd(victim)
  return rejoin(stage, victim, 'restarted', sinceMs)
}

async function wake(stage: Stage, victim: number): Promise<StepFacts> {
  const sinceMs = stage.elapsedMs
  stage.osd(victim).thaw()
  await stage.until(
    `osd.${victim} finds out that it was marked down`,
    () => stage.watch.events.some(({ event }) => event.kind === 'wronglyMarkedDown' && event.id === victim),
    () => 'it does not',
  )
  return rejoin(stage, victim, 'woken', sinceMs)
}

async function rejoin(stage: Stage, osd: number, what: Comeback['what'], sinceMs: number): Promise<StepFacts> {
  const { watch } = stage
  const down = lastEvent(stage, (event) => event.kind === 'down' && event.id === osd)
  await stage.until(`osd.${osd} is up in the map`, () => watch.isUp(osd))
  stage.mayBeDown.delete(osd)
  const up = lastEvent(stage, (event) => event.kind === 'up' && event.id === osd)
  if (up?.event.kind !== 'up' || down?.event.kind !== 'down')
    throw new Error(`osd.${osd} is up, and nothing was seen of it`)
  const { epoch } = up.event
  stage.check(`an epoch after ${down.event.epoch}`, epoch > down.event.epoch, `${epoch}`)
  await stage.untilKnown(epoch, watch.upIds)
  await stage.rounds(stage.options.rounds)
  const afterMs = up.atMs - sinceMs
  const detail = `up again after ${formatMs(afterMs)}, at epoch ${epoch}; it pings all of them and is pinged by all`
  return { detail, comeback: { osd, what, afterMs, epoch } }
}

async function end(stage: Stage): Promise<StepFacts> {
  for (const process of stage.supervisor.processes) stage.mayEnd(process)
  for (const id of stage.watch.upIds) stage.mayBeDown.add(id)
  const ends = await stage.supervisor.endAll(END_PATIENCE_MS)
  for (const [{ name }, { code, signal }] of ends) {
    stage.check(`${name} to end with exit code 0`, code === 0, signal ?? `exit code ${String(code)}`)
  }
  return { detail: `${ends.size} processes ended by themselves` }
}

function describeDetection({ osd, afterMs, epoch, reporters, findings }: Detection): string {
  const by = reporters.map((id) => `osd.${id}`).join(', ')
  const why = [...new Set(findings)].join(' and ')
  return `osd.${osd} marked down after ${formatMs(afterMs)}, at epoch ${epoch}: ${why}, reported by ${by}`
}

function lastEvent(
  { watch }: Stage,
  isIt: (event: ClusterEvent) => boolean,
): (typeof watch.events)[number] | undefined {
  return watch.events.findLast(({ event }) => isIt(event))
}

function totals({ watch }: Stage): { answered: number; missed: number; reports: number; epoch: number } {
  const counts = watch.map.osds.map(({ id }) => watch.pingsTo(id))
  return {
    answered: watch.all.count,
    missed: counts.reduce((sum, { missed }) => sum + missed, 0),
    reports: watch.events.filter(({ event }) => event.kind === 'report').length,
    epoch: watch.map.epoch,
  }
}
