import { FaultLog } from '../src/fault-log.ts'
import { makePlan, type StressRequest } from '../src/make-plan.ts'
import { Payloads } from '../src/payloads.ts'
import { RunRecord } from '../src/run-record.ts'
import { ServerRole } from '../src/server-role.ts'
import { ClientRole } from '../src/client-role.ts'
import type { FromProcess } from '../src/process-protocol.ts'
import type { Role } from '../src/role.ts'
import type { StressPlan } from '../src/stress-plan.ts'

/** Both ends of a run, in this process and over real sockets. */
export interface InProcessRun {
  readonly plan: StressPlan
  readonly client: RunRecord
  readonly server: RunRecord
  readonly clientRole: Role
  readonly serverRole: Role
  /** What was left in the dispatch queues. */
  readonly leftCount: number
}

/** Runs a plan to its end. */
export async function runInProcess(request: Partial<StressRequest>): Promise<InProcessRun> {
  const plan = makePlan({
    preset: 'plain',
    messenger: { type: 'simple', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' },
    seed: 3,
    inFlight: 64,
    processes: 2,
    payload: { kind: 'mixed', maxBytes: 100_000 },
    ...request,
  })
  const payloads = new Payloads(plan.seed, plan.payload)
  const [client, server] = [new RunRecord(), new RunRecord()]
  const rolesByName: { client?: Role; server?: Role } = {}
  const partsOf = (role: 'client' | 'server', record: RunRecord, tell: (message: FromProcess) => void) => ({
    config: { plan, role, index: 0, count: 1 },
    payloads,
    record,
    log: new FaultLog(() => {
      record.figures.cuts++
    }),
    tell,
  })
  const passOn =
    (to: 'client' | 'server') =>
    (message: FromProcess): void => {
      if (message.kind === 'drop') queueMicrotask(() => rolesByName[to]?.drop(message.stream))
    }
  const serverRole = (rolesByName.server = new ServerRole(partsOf('server', server, passOn('client'))))
  const clientRole = (rolesByName.client = new ClientRole(partsOf('client', client, passOn('server'))))
  await clientRole.begin(await serverRole.prepare())
  const leftCount = (await Promise.all([clientRole.shutdown(), serverRole.shutdown()])).reduce((a, b) => a + b)
  return { plan, client, server, clientRole, serverRole, leftCount }
}
