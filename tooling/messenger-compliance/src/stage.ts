import { takePorts } from '@msgr-tooling/vitest-preset/own-ports'
import { BufferList } from '@msgr/bufferlist'
import { EntityName, MPing, type Connection, type EntityAddr } from '@msgr/message'
import type { ConnectOptions, Messenger, MessengerSettings, Policies } from '@msgr/messenger-core'
import type { MessengerKind } from './messenger-kind.ts'
import { Recorder } from './recorder.ts'

/** One messenger of a test, and what it was told. */
export interface Player {
  readonly messenger: Messenger
  readonly recorder: Recorder
  /** Everything that was logged, each with its level. */
  readonly log: readonly { readonly level: number; readonly text: string }[]
}

type Policy = ReturnType<typeof Policies.lossyClient>

const { min: bindPortMin, max: bindPortMax } = await takePorts()

/** Short waits, so that what is to be tried again is tried soon. */
const QUICK = { initialBackoffMs: 5, maxBackoffMs: 40, bindRetryDelayMs: 50 } as const satisfies MessengerSettings

/** The messengers of one test. All are shut down when the test is over: `await using` for Node 20. */
export class Stage {
  readonly #kind: MessengerKind
  readonly #players: Player[] = []

  private constructor(kind: MessengerKind) {
    this.#kind = kind
  }

  /** Runs a test on a stage of its own. */
  static async run(kind: MessengerKind, test: (stage: Stage) => Promise<void>): Promise<void> {
    const stage = new Stage(kind)
    try {
      await test(stage)
    } finally {
      await Promise.all(stage.#players.map(({ messenger }) => messenger.shutdown()))
    }
  }

  /** A messenger that is not bound. */
  add(name: EntityName, policy: Policy, settings: MessengerSettings = {}): Player {
    const log: { level: number; text: string }[] = []
    const logger = (level: number, text: string): void => {
      log.push({ level, text })
    }
    const messenger = this.#kind.create(name, { logger, bindPortMin, bindPortMax, ...QUICK, ...settings })
    messenger.setDefaultPolicy(policy)
    const recorder = new Recorder()
    messenger.addDispatcherTail(recorder)
    const player = { messenger, recorder, log }
    this.#players.push(player)
    return player
  }

  /** A messenger that peers can connect to. */
  async addBound(name: EntityName, policy: Policy, settings: MessengerSettings = {}): Promise<Player> {
    const player = this.add(name, policy, settings)
    await player.messenger.bind(this.#kind.bindAddr)
    return player
  }
}

/** The connection of one messenger to another. */
export function dial(from: Player, to: Player, options?: ConnectOptions): Connection {
  return dialAt(from, to.messenger.myAddr, to.messenger.myName.type, options)
}

export function dialAt(from: Player, addr: EntityAddr, type: number, options?: ConnectOptions): Connection {
  return from.messenger.getConnection({ type, addr }, options)
}

/** A ping with a number, and data if there is any. */
export function ping(tid: number, data?: Uint8Array): MPing {
  const message = new MPing()
  message.tid = BigInt(tid)
  if (data !== undefined) message.data = new BufferList(data)
  return message
}

/** Makes a player answer each message with another of the same number and data. */
export function answerAll(player: Player): void {
  player.recorder.onMessage = (message) => {
    const answer = new MPing()
    answer.tid = message.tid
    answer.data = message.data
    message.connection?.sendMessage(answer)
    return true
  }
}

/** Lets no dispatch of a player end, until the function is called that this gives. */
export function holdUp(player: Player): () => void {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  player.recorder.onMessage = async () => {
    await held
    return true
  }
  return release
}

/** The numbers from 0 up to, not including, `count`. */
export function numbersBelow(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

export const OSD_0: EntityName = EntityName.osd(0)
export const OSD_1: EntityName = EntityName.osd(1)
export const CLIENT: EntityName = EntityName.client(7)
