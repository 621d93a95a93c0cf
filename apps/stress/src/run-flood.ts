import { setTimeout as sleep } from 'node:timers/promises'
import { FEW_FILES, MANY_FILES, NEW_PEER_COUNT, type FloodPlan } from './flood-plan.ts'
import {
  isKind,
  type FromFlood,
  type PeersConfig,
  type Phase,
  type ServerReport,
  type ToFlood,
} from './flood-protocol.ts'
import { summarizeFlood, type FloodSummary } from './flood-summary.ts'
import { StressChild } from './stress-child.ts'

const LOOK_EVERY_MS = 100
/** How long the server may take to come to rest when the flood is over: a listener without descriptors rests a second. */
const REST_MS = 2000

type Child = StressChild<FromFlood, ToFlood>

/** Floods a server and leaves no process behind. Resolves to `undefined` if it was called off. */
export async function runFlood(plan: FloodPlan, calledOff: Promise<unknown>): Promise<FloodSummary | undefined> {
  const children: Child[] = []
  const start = (name: string, program: string, config: object, maxFiles: number): Child => {
    const child: Child = new StressChild({ name, program, config, maxFiles })
    children.push(child)
    return child
  }
  try {
    const flood = watchFlood(plan, start)
    return await Promise.race([flood, calledOff.then(() => undefined)])
  } finally {
    await Promise.all(children.map((child) => child.kill()))
  }
}

async function watchFlood(
  plan: FloodPlan,
  start: (name: string, program: string, config: object, maxFiles: number) => Child,
): Promise<FloodSummary> {
  const server = start('the server', 'flood-server-process', plan, plan.name === 'files' ? FEW_FILES : MANY_FILES)
  const { addr: serverAddr } = await server.hear(isKind('ready'))
  const config: PeersConfig<FloodPlan> = { plan, serverAddr }
  const good = start('the good peers', 'good-peers-process', config, MANY_FILES)
  const bad = start('the bad peers', 'bad-peers-process', config, MANY_FILES)
  await Promise.all([good.hear(isKind('ready')), bad.hear(isKind('ready'))])
  const failed = Promise.race([server.failed, good.failed, bad.failed])
  const watch = async (phase: Phase, seconds: number): Promise<void> => {
    good.tell({ kind: 'phase', phase })
    await Promise.race([sleep(seconds * 1000), failed])
  }
  await watch('before', plan.seconds / 2)
  const before = await reportOf(server, 'reportAtRest')

  const during: ServerReport[] = [before]
  const looking = setInterval(() => {
    // If it has died, everything else will notice.
    reportOf(server, 'report').then(
      (report) => during.push(report),
      () => undefined,
    )
  }, LOOK_EVERY_MS)
  bad.tell({ kind: 'phase', phase: 'during' })
  const newOnes = Promise.race([sleep(plan.seconds * 500), failed]).then(() => countNewPeers(good))
  await watch('during', plan.seconds)
  const newPeersDuring = await newOnes
  const attack = bad.hear(isKind('attack'))
  bad.tell({ kind: 'report' })
  const { figures } = await attack
  const stopped = bad.hear(isKind('floodStopped'))
  bad.tell({ kind: 'stopFlood' })
  await stopped
  clearInterval(looking)

  good.tell({ kind: 'phase', phase: 'after' })
  await Promise.race([sleep(REST_MS), failed])
  await watch('after', plan.seconds / 2)
  const newPeersAfter = await countNewPeers(good)
  const drained = good.hear(isKind('drained'))
  good.tell({ kind: 'drain' })
  await Promise.race([drained, sleep(REST_MS), failed])
  const goodReport = good.hear(isKind('goodPeers'))
  good.tell({ kind: 'report' })
  const { report } = await goodReport
  const after = await reportOf(server, 'reportAtRest')
  return summarizeFlood(plan, { good: report, attack: figures, newPeersDuring, newPeersAfter, before, during, after })
}

async function reportOf(server: Child, kind: 'report' | 'reportAtRest'): Promise<ServerReport> {
  const heard = server.hear(isKind('server'))
  server.tell({ kind })
  return (await heard).report
}

async function countNewPeers(good: Child): Promise<number> {
  const heard = good.hear(isKind('newPeers'))
  good.tell({ kind: 'newPeers', count: NEW_PEER_COUNT })
  return (await heard).connected
}
