import { readdirSync } from 'node:fs'
import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityAddr, EntityName, EntityType, MPing, type Connection, type Message } from '@msgr/message'
import { Policies, type Dispatcher, type PolicyName } from '@msgr/messenger-core'
import { AsyncMessenger, type AsyncMessengerSettings } from '../../src/index.ts'

/** A messenger, what its dispatcher was told, and what it logged. */
export class Party implements Dispatcher {
  readonly messenger: AsyncMessenger
  readonly messages: Message[] = []
  readonly connected: Connection[] = []
  readonly accepted: Connection[] = []
  readonly resets: Connection[] = []
  readonly log: string[] = []

  constructor(num: number, policy: PolicyName, settings: AsyncMessengerSettings = {}) {
    const logger = (_level: number, text: string): void => void this.log.push(text)
    this.messenger = new AsyncMessenger(EntityName.osd(num), { logger, ...settings })
    this.messenger.setDefaultPolicy(Policies[policy]())
    this.messenger.addDispatcherHead(this)
  }

  msDispatch(message: Message): boolean {
    this.messages.push(message)
    return true
  }

  msHandleConnect(connection: Connection): void {
    this.connected.push(connection)
  }

  msHandleAccept(connection: Connection): void {
    this.accepted.push(connection)
  }

  msHandleReset(connection: Connection): undefined {
    this.resets.push(connection)
  }

  get tids(): number[] {
    return this.messages.map(({ tid }) => Number(tid))
  }

  async bind(wire: 'v1' | 'v2' = 'v2'): Promise<EntityAddr> {
    return await this.messenger.bind(EntityAddr.parse(`${wire}:127.0.0.1:0`))
  }

  /** A connection of its own to `other`, which has accepted it when this resolves. */
  async connect(other: Party): Promise<Connection> {
    const { length } = other.accepted
    const peer = { type: EntityType.osd, addr: other.messenger.myAddr }
    const connection = this.messenger.getConnection(peer, { anonymous: true })
    await until(() => other.accepted.length > length && connection.isConnected)
    return connection
  }
}

/** Ends messengers, whatever became of the test. */
export async function withParties<P extends Party[]>(
  parties: readonly [...P],
  run: (...parties: P) => Promise<void>,
): Promise<void> {
  try {
    await run(...parties)
  } finally {
    await Promise.all(parties.map(({ messenger }) => messenger.shutdown()))
  }
}

export function ping(tid: number): MPing {
  const message = new MPing()
  message.tid = BigInt(tid)
  return message
}

export function fixture(name: string): URL {
  return new URL(`fixtures/${name}.mjs`, import.meta.url)
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}

export function runningThreads(): number {
  return readdirSync('/proc/self/task').length
}

export function numbersBelow(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number)
}
