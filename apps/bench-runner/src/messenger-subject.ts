import { BufferList } from '@msgr/bufferlist'
import {
  createMessenger,
  EntityAddr,
  EntityName,
  EntityType,
  MPing,
  Policies,
  type Connection,
  type CreateMessengerSettings,
  type Messenger,
} from '@msgr/messenger'
import type { EchoClient, EchoClientOwner, EchoServer, EchoSubject } from './echo-subject.ts'
import { BenchError } from './errors.ts'

/**
 * A messenger with all that it can promise: both ends are bound and lossless, so every message is kept until it is
 * acknowledged and would be sent again; all checksums are made and checked; messages go through the dispatch queue.
 * A payload travels as the data of an `MPing`, and the reply is a new one with the data received.
 */
export function messengerSubject(name: string, settings: CreateMessengerSettings): EchoSubject {
  return {
    name,
    listen: () => listen(settings),
    connect: async (address, owner) => {
      const client = new MessengerEchoClient(name, makeMessenger(EntityName.osd(1), settings), owner)
      await client.open(address)
      return client
    },
  }
}

function makeMessenger(name: EntityName, settings: CreateMessengerSettings): Messenger {
  const messenger = createMessenger(name, { ...settings, crcHeader: true, crcData: true })
  messenger.setDefaultPolicy(Policies.losslessPeer())
  return messenger
}

function bindToLoopback(messenger: Messenger): Promise<EntityAddr> {
  return messenger.bind(EntityAddr.fromIp('v1', '127.0.0.1', 0))
}

function pingWith(data: BufferList): MPing {
  const ping = new MPing()
  ping.data = data
  return ping
}

async function listen(settings: CreateMessengerSettings): Promise<EchoServer> {
  const messenger = makeMessenger(EntityName.osd(0), settings)
  messenger.addDispatcherHead({
    msDispatch: (message) => {
      message.connection?.sendMessage(pingWith(message.data))
      return true
    },
  })
  const addr = await bindToLoopback(messenger)
  return { address: addr.toString(), close: () => messenger.shutdown() }
}

/** The client's messenger, its one connection, and the dispatcher that hands on what comes over it. */
class MessengerEchoClient implements EchoClient {
  readonly #name: string
  readonly #messenger: Messenger
  readonly #owner: EchoClientOwner
  #connection: Connection | undefined = undefined
  #state: 'opening' | 'open' | 'closed' = 'opening'

  constructor(name: string, messenger: Messenger, owner: EchoClientOwner) {
    this.#name = name
    this.#messenger = messenger
    this.#owner = owner
  }

  /** Resolves when the handshake is done; rejects if the connection ends before. */
  async open(address: string): Promise<void> {
    await bindToLoopback(this.#messenger)
    await new Promise<void>((resolve, reject) => {
      this.#messenger.addDispatcherHead({
        msDispatch: (message) => {
          this.#owner.receive(message.data.subarray())
          return true
        },
        msHandleConnect: () => {
          this.#opened()
          resolve()
        },
        // After an error either end may be the one that dials.
        msHandleAccept: () => this.#opened(),
        msHandleReset: () => {
          reject(this.#lose('was lost'))
          return true
        },
        msHandleRefused: () => {
          reject(this.#lose(`was refused by ${address}`))
          return true
        },
      })
      const peer = { type: EntityType.osd, addr: EntityAddr.parse(address) }
      this.#connection = this.#messenger.getConnection(peer)
    })
  }

  send(payload: Uint8Array): void {
    this.#connection?.sendMessage(pingWith(new BufferList(payload)))
  }

  close(): Promise<void> {
    this.#state = 'closed'
    return this.#messenger.shutdown()
  }

  #opened(): void {
    // A lossless connection mends itself, but a rate with a mended one in it is not the rate asked for.
    if (this.#state === 'open') this.#lose('was lost and made again')
    if (this.#state === 'opening') this.#state = 'open'
  }

  /** Tells the owner, if it has this client at all and has not let go of it. */
  #lose(how: string): BenchError {
    const error = new BenchError('ERR_BENCH_CONNECTION', `${this.#name}: the connection ${how}`)
    if (this.#state === 'open') this.#owner.fail(error)
    this.#state = 'closed'
    return error
  }
}
