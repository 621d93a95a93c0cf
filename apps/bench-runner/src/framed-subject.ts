import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { EchoClient, EchoClientOwner, EchoClients, EchoServer, EchoSubject } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import { FrameSocket } from './frame-socket.ts'
import { openClients } from './open-clients.ts'

const HOST = '127.0.0.1'

/** How streams are opened and accepted. */
export interface StreamKind {
  /** A server that is not listening yet. */
  listen(onSocket: (socket: Socket) => void): Server
  /** Resolves when the stream is open. */
  connect(port: number, host: string): Promise<Socket>
}

/** Frames with a length before them, on streams of one kind. */
export function framedSubject(name: string, kind: StreamKind): EchoSubject {
  return {
    name,

    async listen(): Promise<EchoServer> {
      const sockets = new Set<Socket>()
      const server = kind.listen((socket) => {
        sockets.add(socket)
        // An error is followed by `close`, which is all that matters here.
        socket.on('error', () => undefined)
        socket.on('close', () => sockets.delete(socket))
        const frames: FrameSocket = new FrameSocket(socket, (payload) => frames.send(payload))
      })
      server.listen(0, HOST)
      await once(server, 'listening')
      return {
        address: String((server.address() as AddressInfo).port),
        close: async () => {
          const closed = once(server, 'close')
          server.close()
          for (const socket of sockets) socket.destroy()
          await closed
        },
      }
    },

    connect(address: string, owners: readonly EchoClientOwner[]): Promise<EchoClients> {
      return openClients(owners, async (owner) => {
        return new FramedClient(name, await kind.connect(Number(address), HOST), owner)
      })
    },
  }
}

/** One stream, open. */
class FramedClient implements EchoClient {
  readonly #socket: Socket
  readonly #frames: FrameSocket
  #isClosing = false

  constructor(name: string, socket: Socket, owner: EchoClientOwner) {
    this.#socket = socket
    let cause: Error | undefined
    socket.on('error', (error) => {
      cause = error
    })
    socket.on('close', () => {
      if (this.#isClosing) return
      owner.fail(new BenchError('ERR_BENCH_CONNECTION', `${name}: the connection was lost`, cause))
    })
    this.#frames = new FrameSocket(socket, (payload) => owner.receive(payload))
  }

  send(payload: Uint8Array): void {
    this.#frames.send(payload)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    const closed = once(this.#socket, 'close')
    this.#socket.destroy()
    await closed
  }
}
