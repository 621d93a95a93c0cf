import { setTimeout as sleep } from 'node:timers/promises'
import { DanceLoad } from './dance-load.ts'
import type { Load } from './load.ts'
import { numbersOf, type Role, type RoleParts } from './role.ts'
import { SteadyLoad } from './steady-load.ts'
import { StressClient } from './stress-client.ts'

/** How long replies that others have overtaken may still come, when nothing else is waited for. */
const LATE_MS = 1000

/** A process of clients. */
export class ClientRole implements Role {
  readonly #client: StressClient
  readonly #load: Load
  readonly #tell: RoleParts['tell']

  constructor({ config, payloads, record, log, tell }: RoleParts) {
    const { plan, index, count } = config
    const clients = numbersOf(plan.clientCount, index, count)
    this.#tell = tell
    this.#client = new StressClient(plan, clients, payloads, record, log)
    const { rules } = plan
    if (rules.kind === 'steady') {
      this.#load = new SteadyLoad(this.#client, plan, rules, (client) => clients.includes(client))
    } else {
      this.#load = new DanceLoad(this.#client, plan, rules, { index, count, clients }, (stream) => {
        tell({ kind: 'drop', stream })
      })
    }
  }

  get counts(): Role['counts'] {
    return [...this.#client.streams].map(({ id, sentCounts }) => [id, sentCounts])
  }

  get missing(): Role['missing'] {
    return this.#client.missing
  }

  prepare(): Promise<readonly string[]> {
    return Promise.resolve([])
  }

  async begin(serverAddrs: readonly string[]): Promise<void> {
    await this.#client.begin(serverAddrs, this.#load)
    await this.#load.run()
    if (this.missing.count > 0) await sleep(LATE_MS)
    this.#tell({ kind: 'drained' })
  }

  drop(stream: number): void {
    this.#load.peerDropped(stream)
  }

  describe(): readonly string[] {
    return this.#client.describe()
  }

  shutdown(): Promise<number> {
    return this.#client.shutdown()
  }
}
