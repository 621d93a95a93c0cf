import {
  AuthClient,
  AuthService,
  CephxAuthenticator,
  CryptoKey,
  Keyring,
  KeyType,
  makeOwnTicket,
  PrincipalName,
  SharedSecrets,
} from '@msgr/auth'
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
  type MessengerSettings,
} from '@msgr/messenger'
import type { EchoClient, EchoClientOwner, EchoServer, EchoSubject } from './echo-subject.ts'
import { BenchError } from './errors.ts'

/** Which version of the protocol, and what protects its frames. */
export type WireChoice = 'v1' | 'v2-crc' | 'v2-secure'

/** Known to both ends, which are processes of this program. */
const SECRET = new CryptoKey({ type: KeyType.aes, secret: new Uint8Array(16).fill(7) })
const IDENTITY = PrincipalName.parse('osd.1')

/**
 * A messenger with all that it can promise: both ends are bound and lossless, so every message is kept until it is
 * acknowledged and would be sent again; all checksums are made and checked; messages go through the dispatch queue.
 * A payload travels as the data of an `MPing`, and the reply is a new one with the data received.
 */
export function messengerSubject(name: string, kind: CreateMessengerSettings, wire: WireChoice = 'v1'): EchoSubject {
  const settings = { ...kind, ...settingsOf(wire) }
  return {
    name,
    listen: () => listen(settings, wire),
    connect: async (address, owner) => {
      const client = new MessengerEchoClient(name, makeMessenger(EntityName.osd(1), settings), owner)
      await client.open(address)
      return client
    },
  }
}

/** Frames are encrypted only between ends that have proved themselves to each other. */
function settingsOf(wire: WireChoice): MessengerSettings {
  if (wire !== 'v2-secure') return { clusterMode: 'crc' }
  const keyring = new Keyring()
  keyring.generate(IDENTITY, {}, SECRET)
  const secrets = new SharedSecrets(keyring, EntityType.osd)
  const client = new AuthClient(IDENTITY, { key: SECRET })
  const ticket = { name: IDENTITY, key: SECRET, serviceId: EntityType.osd, globalId: 0n }
  client.tickets.put(makeOwnTicket({ ...ticket, nowMs: Date.now(), lifetimeSeconds: 24 * 3600 }))
  const authenticator = new CephxAuthenticator({ client, service: new AuthService(EntityType.osd, { secrets }) })
  return { clusterMode: 'secure', authenticator }
}

function makeMessenger(name: EntityName, settings: CreateMessengerSettings): Messenger {
  const messenger = createMessenger(name, { ...settings, crcHeader: true, crcData: true })
  messenger.setDefaultPolicy(Policies.losslessPeer())
  return messenger
}

function bindToLoopback(messenger: Messenger, type: EntityAddr['type']): Promise<EntityAddr> {
  return messenger.bind(EntityAddr.fromIp(type, '127.0.0.1', 0))
}

function pingWith(data: BufferList): MPing {
  const ping = new MPing()
  ping.data = data
  return ping
}

async function listen(settings: CreateMessengerSettings, wire: WireChoice): Promise<EchoServer> {
  const messenger = makeMessenger(EntityName.osd(0), settings)
  messenger.addDispatcherHead({
    msDispatch: (message) => {
      message.connection?.sendMessage(pingWith(message.data))
      return true
    },
  })
  const addr = await bindToLoopback(messenger, wire === 'v1' ? 'v1' : 'v2')
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
    const peer = { type: EntityType.osd, addr: EntityAddr.parse(address) }
    await bindToLoopback(this.#messenger, peer.addr.type)
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
