import { takePorts } from '@msgr-tooling/vitest-preset/own-ports'
import { ClusterProtocol, type EntityName, EntityType, Policies } from '@msgr/messenger'
import type { Connection, Dispatcher, EntityAddr, Message, MessageClass, Messenger } from '@msgr/messenger'
import { makeMessenger, type MessengerChoice } from '../src/messenger-choice.ts'

export const SIMPLE: MessengerChoice = {
  type: 'simple',
  driver: 'epoll',
  wire: 'v1',
  ports: await takePorts(),
  auth: { method: 'none' },
}

/** A peer that says just what a test makes it say, and keeps what it hears. */
export class RawPeer implements Dispatcher {
  readonly messenger: Messenger
  readonly heard: Message[] = []
  #wake: () => void = () => undefined

  constructor(name: EntityName, messages: readonly MessageClass[]) {
    const isMonitor = name.type === EntityType.mon
    this.messenger = makeMessenger(name, SIMPLE, { messages, nonce: isMonitor ? 0 : name.num + 1 })
    this.messenger.setPolicy(EntityType.osd, isMonitor ? Policies.statelessServer() : Policies.lossyClient())
    this.messenger.setPolicy(EntityType.mon, Policies.lossyClient())
    this.messenger.setClusterProtocol(ClusterProtocol.osd)
    this.messenger.addDispatcherHead(this)
  }

  connect(type: number, addr: EntityAddr): Connection {
    return this.messenger.getConnection({ type, addr })
  }

  msDispatch(message: Message): boolean {
    this.heard.push(message)
    this.#wake()
    return true
  }

  /** Resolves when so many messages were heard in all. */
  async hears(count: number): Promise<readonly Message[]> {
    while (this.heard.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.heard
  }

  /** The same, where all of them must be of one class. */
  async hearsOnly<M extends Message>(messageClass: new () => M, count: number): Promise<readonly M[]> {
    const heard = await this.hears(count)
    return heard.map((message) => asInstance(messageClass, message))
  }
}

/** The message, which must be of this class. */
export function asInstance<M extends Message>(messageClass: new () => M, message: Message | undefined): M {
  if (message instanceof messageClass) return message
  throw new Error(`expected a ${messageClass.name}, got ${String(message)}`)
}
