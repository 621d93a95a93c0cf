import { numbersOf, type Role, type RoleParts } from './role.ts'
import { StressServer } from './stress-server.ts'

/** A process of servers. */
export class ServerRole implements Role {
  readonly #server: StressServer
  readonly #tell: RoleParts['tell']

  constructor({ config, payloads, record, log, tell }: RoleParts) {
    const { plan, index, count } = config
    this.#server = new StressServer(plan, numbersOf(plan.serverCount, index, count), payloads, record, log)
    this.#tell = tell
  }

  get counts(): Role['counts'] {
    return this.#server.reached
  }

  get missing(): Role['missing'] {
    return this.#server.missing
  }

  prepare(): Promise<readonly string[]> {
    return this.#server.listen()
  }

  begin(): Promise<void> {
    return Promise.resolve()
  }

  drop(stream: number): void {
    this.#server.drop(stream)
    this.#tell({ kind: 'drop', stream })
  }

  describe(): readonly string[] {
    return this.#server.describe()
  }

  shutdown(): Promise<number> {
    return this.#server.shutdown()
  }
}
