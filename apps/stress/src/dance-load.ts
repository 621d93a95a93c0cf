import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientStream } from './client-stream.ts'
import { Dice, mix } from './dice.ts'
import type { Load } from './load.ts'
import { policyPairs } from './policy-pair.ts'
import type { StressClient } from './stress-client.ts'
import { shareOf, streamOf, type DanceRules, type StressPlan } from './stress-plan.ts'

/** Fewer connections than this are not dropped any further, counted over all processes. Ceph: the same. */
const LEAST_CONNECTIONS = 10

/** Which part of the dance a process dances. */
export interface DancePart {
  readonly index: number
  readonly count: number
  /** The clients that live in this process. */
  readonly clients: readonly number[]
}

/**
 * Step by step, by the dice: opens a connection, drops one, sends something, or rests.
 *
 * Ceph: src/test/msgr/test_msgr.cc, SyntheticWorkload
 */
export class DanceLoad implements Load {
  readonly #client: StressClient
  readonly #plan: StressPlan
  readonly #rules: DanceRules
  readonly #part: DancePart
  readonly #dice: Dice
  readonly #dropAtPeer: (stream: number) => void
  readonly #pool = new Map<number, ClientStream>()
  /** Streams that the server has yet to drop. */
  readonly #dropping = new Set<number>()
  #sentCount = 0
  #wakeUp: () => void = () => undefined

  /** `dropAtPeer` asks the server of a stream to drop its side; `peerDropped` is called when it has. */
  constructor(
    client: StressClient,
    plan: StressPlan,
    rules: DanceRules,
    part: DancePart,
    dropAtPeer: (stream: number) => void,
  ) {
    this.#client = client
    this.#plan = plan
    this.#rules = rules
    this.#part = part
    this.#dice = new Dice(mix(plan.seed, part.index))
    this.#dropAtPeer = dropAtPeer
  }

  async run(): Promise<void> {
    const { messages, seconds } = this.#plan
    const { firstConnections, steps } = this.#rules
    const endMs = seconds === null ? Infinity : performance.now() + seconds * 1000
    const stepCount = messages === null && seconds === null ? this.#share(steps) : Infinity
    const messageCount = messages === null ? Infinity : this.#share(messages)
    for (let count = this.#share(firstConnections); count > 0; count--) this.#connect()
    for (let step = 0; step < stepCount && this.#sentCount < messageCount && performance.now() < endMs; step++) {
      await this.#step()
    }
    await this.#until(() => this.#client.inFlight === 0)
  }

  progressed(): void {
    this.#wakeUp()
  }

  closed(stream: ClientStream): void {
    this.#pool.delete(stream.id)
    this.#wakeUp()
  }

  peerDropped(stream: number): void {
    this.#dropping.delete(stream)
  }

  async #step(): Promise<void> {
    const { connectAbove, dropAbove, drops, sendAbove, restMs } = this.#rules
    const roll = this.#dice.below(100)
    if (roll > connectAbove) {
      this.#connect()
    } else if (roll > dropAbove) {
      if (drops) this.#drop()
    } else if (roll > sendAbove) {
      await this.#send()
    } else {
      const [min, max] = restMs
      await sleep(min + this.#dice.fraction() * (max - min))
    }
  }

  #connect(): void {
    if (this.#pool.size >= this.#share(this.#rules.maxConnections)) return
    const client = this.#dice.pick(this.#part.clients)
    const server = this.#dice.below(this.#plan.serverCount)
    if (this.#dropping.has(streamOf(this.#plan, client, server))) return
    const stream = this.#client.open(client, server)
    this.#pool.set(stream.id, stream)
  }

  #drop(): void {
    if (this.#pool.size < this.#share(LEAST_CONNECTIONS)) return
    const stream = this.#dice.pick([...this.#pool.values()])
    this.#pool.delete(stream.id)
    this.#client.markDown(stream)
    if (!policyPairs[this.#plan.policy].isSymmetric) return
    this.#dropping.add(stream.id)
    this.#dropAtPeer(stream.id)
  }

  async #send(): Promise<void> {
    if (this.#pool.size === 0) return
    const stream = this.#dice.pick([...this.#pool.values()])
    await this.#until(() => this.#client.inFlight < this.#plan.inFlight)
    // It may have been closed while we waited.
    if (stream.connection !== undefined && this.#client.send(stream)) this.#sentCount++
    else await sleep(0)
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve
      })
    }
  }

  #share(total: number): number {
    return Math.max(1, shareOf(total, this.#part.index, this.#part.count))
  }
}
