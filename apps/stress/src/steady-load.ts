import type { ClientStream } from './client-stream.ts'
import type { Load } from './load.ts'
import type { StressClient } from './stress-client.ts'
import { endsOf, shareOf, type SteadyRules, type StressPlan } from './stress-plan.ts'

/** Keeps a number of requests under way on every connection, until all are sent or time is up. */
export class SteadyLoad implements Load {
  readonly #client: StressClient
  readonly #plan: StressPlan
  readonly #streamIds: readonly number[]
  readonly #quotas: ReadonlyMap<number, number>
  #endMs = Infinity
  #isOver = false
  #finish: () => void = () => undefined

  /** `isOurs` tells which clients live in this process. */
  constructor(client: StressClient, plan: StressPlan, rules: SteadyRules, isOurs: (client: number) => boolean) {
    const { connections } = rules
    const all = Array.from({ length: connections }, (_, stream) => stream)
    const { messages } = plan
    this.#client = client
    this.#plan = plan
    this.#streamIds = all.filter((stream) => isOurs(endsOf(plan, stream).client))
    this.#quotas = new Map(
      all.map((stream) => [stream, messages === null ? Infinity : shareOf(messages, stream, connections)]),
    )
  }

  async run(): Promise<void> {
    const { seconds } = this.#plan
    if (seconds !== null) this.#endMs = performance.now() + seconds * 1000
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve
    })
    for (const stream of this.#streamIds) this.#open(stream)
    this.#finishIfDone()
    await finished
  }

  progressed(stream: ClientStream): void {
    this.#fill(stream)
    if (stream.inFlight === 0) this.#finishIfDone()
  }

  closed(stream: ClientStream): void {
    if (!this.#isDone(stream)) this.#open(stream.id)
  }

  peerDropped(): void {
    throw new Error('no connection is dropped while the load is steady')
  }

  #open(stream: number): void {
    const { client, server } = endsOf(this.#plan, stream)
    this.#fill(this.#client.open(client, server))
  }

  #fill(stream: ClientStream): void {
    while (stream.connection !== undefined && stream.inFlight < this.#plan.inFlight && !this.#isDone(stream)) {
      // One that is closed takes nothing; when we are told of it there will be another.
      if (!this.#client.send(stream)) return
    }
  }

  #isDone({ id, sentCount }: ClientStream): boolean {
    return sentCount >= (this.#quotas.get(id) ?? 0) || performance.now() >= this.#endMs
  }

  #finishIfDone(): void {
    if (this.#isOver) return
    for (const stream of this.#client.streams) if (stream.inFlight > 0 || !this.#isDone(stream)) return
    this.#isOver = true
    this.#finish()
  }
}
