import type { EchoClient, EchoClientOwner, EchoSubject } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import { NatsBroker } from './nats-broker.ts'
import { openClients } from './open-clients.ts'
import { loadPeer } from './peers.ts'

/** What is used of package @nats-io/transport-node. */
interface NatsMessage {
  readonly data: Uint8Array
  respond(payload: Uint8Array): boolean
}
interface NatsConnection {
  publish(subject: string, payload: Uint8Array, options: { readonly reply: string }): void
  subscribe(subject: string, options: { callback(error: Error | null, message: NatsMessage): void }): unknown
  flush(): Promise<void>
  closed(): Promise<unknown>
  close(): Promise<void>
}
interface Nats {
  readonly connect: (options: object) => Promise<NatsConnection>
  readonly createInbox: () => string
}

const SUBJECT = 'echo'

/** Requests to a responder, over a nats-server: what each message takes is two more hops than with all others. */
export const natsSubject: EchoSubject = {
  name: 'nats',

  async listen() {
    const { connect } = await loadPeer<Nats>('@nats-io/transport-node')
    const broker = await NatsBroker.start()
    const connection = await connect({ servers: broker.address })
    connection.subscribe(SUBJECT, {
      callback: (_, message) => {
        message.respond(message.data)
      },
    })
    await connection.flush()
    return {
      address: broker.address,
      helperCpuMicros: () => broker.cpuMicros,
      close: async () => {
        await connection.close()
        await broker.stop()
      },
    }
  },

  async connect(address, owners) {
    const { connect, createInbox } = await loadPeer<Nats>('@nats-io/transport-node')
    return openClients(owners, async (owner) => {
      const connection = await connect({ servers: address, reconnect: false })
      const client = new NatsClient(connection, createInbox(), owner)
      await connection.flush()
      return client
    })
  },
}

class NatsClient implements EchoClient {
  readonly #connection: NatsConnection
  readonly #options: { readonly reply: string }
  #isClosing = false

  constructor(connection: NatsConnection, inbox: string, owner: EchoClientOwner) {
    this.#connection = connection
    this.#options = { reply: inbox }
    connection.subscribe(inbox, { callback: (_, message) => owner.receive(message.data) })
    void connection.closed().then((cause) => {
      if (!this.#isClosing) owner.fail(new BenchError('ERR_BENCH_CONNECTION', 'nats: the connection was lost', cause))
    })
  }

  send(payload: Uint8Array): void {
    this.#connection.publish(SUBJECT, payload, this.#options)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#connection.close()
  }
}
