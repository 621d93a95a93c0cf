import { BufferList } from '@msgr/bufferlist'
import type { Connection, Messenger, PeerAddress } from '@msgr/messenger'
import type { EchoClient, EchoClientOwner, EchoClients } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import { inWaves } from './in-waves.ts'
import { pingWith } from './ping-with.ts'

/** A client's messenger, its connections to one peer, and the dispatcher that hands on what comes over them. */
export class MessengerClients implements EchoClients {
  readonly clients: readonly MessengerClient[]
  readonly #messenger: Messenger

  constructor(name: string, messenger: Messenger, peer: PeerAddress, owners: readonly EchoClientOwner[]) {
    this.#messenger = messenger
    // Only the first one may be known by the address of its peer.
    this.clients = owners.map((owner, index) => {
      const dial = (): Connection => messenger.getConnection(peer, { anonymous: index > 0 })
      return new MessengerClient(name, dial, owner)
    })
    const clientOf = (connection: Connection | undefined): MessengerClient | undefined =>
      connection?.priv as MessengerClient | undefined
    messenger.addDispatcherHead({
      msDispatch: (message) => {
        clientOf(message.connection)?.received(message.data.subarray())
        return true
      },
      msHandleConnect: (connection) => clientOf(connection)?.opened(),
      // After an error either end may be the one that dials.
      msHandleAccept: (connection) => clientOf(connection)?.opened(),
      msHandleReset: (connection) => {
        clientOf(connection)?.lose('was lost')
        return true
      },
      msHandleRefused: (connection) => {
        clientOf(connection)?.lose('was refused')
        return true
      },
    })
  }

  /** Resolves when all handshakes are done; rejects if a connection ends before. */
  async open(): Promise<void> {
    await inWaves(this.clients, (client) => client.open())
  }

  keepalive(): void {
    for (const client of this.clients) client.keepalive()
  }

  close(): Promise<void> {
    for (const client of this.clients) client.letGo()
    return this.#messenger.shutdown()
  }
}

class MessengerClient implements EchoClient {
  readonly #name: string
  readonly #dial: () => Connection
  readonly #owner: EchoClientOwner
  #connection: Connection | undefined = undefined
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #opening: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined = undefined

  constructor(name: string, dial: () => Connection, owner: EchoClientOwner) {
    this.#name = name
    this.#dial = dial
    this.#owner = owner
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject }
      this.#connection = this.#dial()
      this.#connection.priv = this
    })
  }

  send(payload: Uint8Array): void {
    this.#connection?.sendMessage(pingWith(new BufferList(payload)))
  }

  keepalive(): void {
    this.#connection?.sendKeepalive()
  }

  letGo(): void {
    this.#state = 'closed'
  }

  received(payload: Uint8Array): void {
    this.#owner.receive(payload)
  }

  opened(): void {
    // A lossless connection mends itself, but a rate with a mended one in it is not the rate asked for.
    if (this.#state === 'open') this.lose('was lost and made again')
    if (this.#state === 'opening') this.#state = 'open'
    this.#opening?.resolve()
  }

  /** Tells the owner, if it has this client at all and has not let go of it. */
  lose(how: string): void {
    const error = new BenchError('ERR_BENCH_CONNECTION', `${this.#name}: the connection ${how}`)
    this.#opening?.reject(error)
    if (this.#state === 'open') this.#owner.fail(error)
    this.#state = 'closed'
  }
}
