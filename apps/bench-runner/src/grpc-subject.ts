import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import type { EchoClient, EchoClientOwner, EchoSubject } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import { openClients } from './open-clients.ts'
import { loadPeer } from './peers.ts'

/** What is used of package @grpc/grpc-js. */
interface GrpcCall extends Duplex {
  cancel(): void
}
interface GrpcClient {
  waitForReady(deadline: Date, done: (error?: Error) => void): void
  makeBidiStreamRequest(path: string, serialize: AsItIs, deserialize: AsItIs): GrpcCall
  close(): void
}
interface GrpcServer {
  addService(definition: object, handlers: Readonly<Record<string, (call: GrpcCall) => void>>): void
  bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void
  forceShutdown(): void
}
interface Grpc {
  readonly Client: new (address: string, credentials: unknown, options: object) => GrpcClient
  readonly Server: new (options: object) => GrpcServer
  readonly credentials: { createInsecure(): unknown }
  readonly ServerCredentials: { createInsecure(): unknown }
}
type AsItIs = (bytes: Buffer) => Buffer

const PATH = '/bench.Echo/Echo'
const READY_DEADLINE_MS = 10_000
/** Payloads are bytes: nothing is serialized. */
const asItIs: AsItIs = (bytes) => bytes
const LIMITS = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 }
/** Connections are shared by all clients of a process otherwise. */
const OWN_CONNECTION = { 'grpc.use_local_subchannel_pool': 1 }

/** A bidirectional stream: a message each way. */
export const grpcSubject: EchoSubject = {
  name: 'grpc-js',

  async listen() {
    const { Server, ServerCredentials } = await loadPeer<Grpc>('@grpc/grpc-js')
    const server = new Server(LIMITS)
    const codecs = {
      ...{ requestSerialize: asItIs, requestDeserialize: asItIs },
      ...{ responseSerialize: asItIs, responseDeserialize: asItIs },
    }
    const echo = { path: PATH, requestStream: true, responseStream: true, ...codecs }
    server.addService({ echo }, { echo: answer })
    const bindAsync = promisify<string, unknown, number>((address, credentials, done) => {
      server.bindAsync(address, credentials, done)
    })
    const port = await bindAsync('127.0.0.1:0', ServerCredentials.createInsecure())
    return {
      address: `127.0.0.1:${port}`,
      close: () => {
        server.forceShutdown()
        return Promise.resolve()
      },
    }
  },

  async connect(address, owners) {
    const { Client, credentials } = await loadPeer<Grpc>('@grpc/grpc-js')
    return openClients(owners, async (owner) => {
      const client = new Client(address, credentials.createInsecure(), { ...LIMITS, ...OWN_CONNECTION })
      const waitForReady = promisify((deadline: Date, done: (error?: Error) => void) => {
        client.waitForReady(deadline, done)
      })
      await waitForReady(new Date(Date.now() + READY_DEADLINE_MS))
      return new GrpcEchoClient(client, owner)
    })
  },
}

function answer(call: GrpcCall): void {
  call.on('error', () => undefined)
  call.on('end', () => call.end())
  call.on('data', (payload: Buffer) => call.write(payload))
}

class GrpcEchoClient implements EchoClient {
  readonly #client: GrpcClient
  readonly #call: GrpcCall
  #isClosing = false

  constructor(client: GrpcClient, owner: EchoClientOwner) {
    this.#client = client
    this.#call = client.makeBidiStreamRequest(PATH, asItIs, asItIs)
    this.#call.on('data', (payload: Buffer) => owner.receive(payload))
    this.#call.on('error', (cause: Error) => {
      if (!this.#isClosing) owner.fail(new BenchError('ERR_BENCH_CONNECTION', 'grpc-js: the stream was lost', cause))
    })
  }

  send(payload: Uint8Array): void {
    this.#call.write(payload)
  }

  close(): Promise<void> {
    this.#isClosing = true
    this.#call.cancel()
    this.#client.close()
    return Promise.resolve()
  }
}
