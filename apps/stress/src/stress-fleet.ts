import { StressChild } from './stress-child.ts'
import { addFigures, type Figures } from './figures.ts'
import type { FromProcess, ProcessFigures, ProcessReport, StressProcessConfig, ToProcess } from './process-protocol.ts'
import { endsOf, type StressPlan } from './stress-plan.ts'

/** How long a process may take to shut down, and to say how it is when the run is stuck. */
const LEAVE_PATIENCE_MS = 10_000

type Child = StressChild<FromProcess, ToProcess>

/** All processes of a run. */
export class StressFleet {
  readonly #servers: readonly Child[]
  readonly #clients: readonly Child[]
  readonly #latest = new Map<Child, ProcessFigures>()
  readonly #plan: StressPlan

  /** Starts them: half of them servers, half clients. */
  constructor(plan: StressPlan) {
    const serverProcesses = Math.min(plan.serverCount, Math.floor(plan.processCount / 2))
    const clientProcesses = Math.min(plan.clientCount, plan.processCount - serverProcesses)
    this.#plan = plan
    this.#servers = this.#start('server', serverProcesses)
    this.#clients = this.#start('client', clientProcesses)
    for (const client of this.#clients) this.#passOn(client, ({ server }) => this.#servers[server % serverProcesses])
    for (const server of this.#servers) this.#passOn(server, ({ client }) => this.#clients[client % clientProcesses])
  }

  get processCount(): number {
    return this.#all.length
  }

  /** Rejects with `StressError` when one of them ends that should not. */
  get failed(): Promise<never> {
    return Promise.race(this.#all.map(({ failed }) => failed))
  }

  /** What they have told last. */
  get figures(): Figures {
    return addFigures([...this.#latest.values()].map(({ figures }) => figures))
  }

  get rssBytes(): number {
    return [...this.#latest.values()].reduce((sum, { rssBytes }) => sum + rssBytes, 0)
  }

  /** Resolves to the addresses of all servers, by their numbers, when every process is there. */
  async ready(): Promise<readonly string[]> {
    const ready = await Promise.all(this.#all.map((child) => child.hear(isReady)))
    const serverAddrs: string[] = []
    this.#servers.forEach((_, index) => {
      ready[index]?.addrs.forEach((addr, nth) => {
        serverAddrs[index + nth * this.#servers.length] = addr
      })
    })
    return serverAddrs
  }

  /** Begins to send. Resolves when every client has got its replies. */
  async run(serverAddrs: readonly string[]): Promise<void> {
    const drained = Promise.all(this.#clients.map((client) => client.hear(isDrained)))
    for (const client of this.#clients) client.tell({ kind: 'begin', serverAddrs })
    await drained
  }

  /** What each has found. */
  report(): Promise<readonly ProcessReport[]> {
    return Promise.all(
      this.#all.map(async (child) => {
        const heard = child.hear(isReport)
        child.tell({ kind: 'report' })
        return (await heard).report
      }),
    )
  }

  /** Lines about every connection. */
  async describe(): Promise<readonly string[]> {
    const all = await Promise.all(
      this.#all.map(async (child) => {
        const heard = child.hear(isDescription)
        child.tell({ kind: 'describe' })
        return [`${child.name}:`, ...(await heard).lines.map((line) => `  ${line}`)]
      }),
    )
    return all.flat()
  }

  /** Ends them all. Resolves to how much was left in their dispatch queues. */
  async shutdown(): Promise<number> {
    const ended = await Promise.all(
      this.#all.map(async (child) => {
        const heard = child.hear(isEnded)
        child.letGo()
        child.tell({ kind: 'end' })
        const leaving = child.leave(LEAVE_PATIENCE_MS).then(() => undefined)
        const answer = await Promise.race([heard, leaving])
        await leaving
        return answer?.leftCount ?? 0
      }),
    )
    return ended.reduce((sum, count) => sum + count, 0)
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#all.map((child) => child.kill()))
  }

  get #all(): readonly Child[] {
    return [...this.#servers, ...this.#clients]
  }

  #start(role: StressProcessConfig['role'], count: number): readonly Child[] {
    return Array.from({ length: count }, (_, index) => {
      const config: StressProcessConfig = { plan: this.#plan, role, index, count }
      const child: Child = new StressChild({ name: `${role} process ${index}`, program: 'stress-process', config })
      child.onMessage((message) => {
        if (message.kind === 'figures') this.#latest.set(child, message.figures)
      })
      return child
    })
  }

  /** A stream that one end has dropped is dropped by the other. */
  #passOn(from: Child, other: (ends: { readonly client: number; readonly server: number }) => Child | undefined): void {
    from.onMessage((message) => {
      if (message.kind === 'drop') other(endsOf(this.#plan, message.stream))?.tell(message)
    })
  }
}

type Of<K extends FromProcess['kind']> = Extract<FromProcess, { kind: K }>

const isReady = (message: FromProcess): message is Of<'ready'> => message.kind === 'ready'
const isDrained = (message: FromProcess): message is Of<'drained'> => message.kind === 'drained'
const isReport = (message: FromProcess): message is Of<'report'> => message.kind === 'report'
const isDescription = (message: FromProcess): message is Of<'description'> => message.kind === 'description'
const isEnded = (message: FromProcess): message is Of<'ended'> => message.kind === 'ended'
