import { once, type EventEmitter } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { EchoClient, EchoClientOwner, EchoSubject } from './echo-subject.ts'
import { BenchError } from './errors.ts'
import { openClients } from './open-clients.ts'
import { loadPeer } from './peers.ts'

/** What is used of package ws. */
interface WebSocket extends EventEmitter {
  send(data: Uint8Array): void
  ping(): void
  terminate(): void
}
interface WebSocketServer extends EventEmitter {
  readonly clients: ReadonlySet<WebSocket>
  address(): AddressInfo
  close(): void
}
interface Ws {
  readonly WebSocket: new (address: string, options: object) => WebSocket
  readonly WebSocketServer: new (options: object) => WebSocketServer
}

const HOST = '127.0.0.1'
/** Compression would be other work. */
const OPTIONS = { perMessageDeflate: false }

/** WebSockets: a binary message each way. */
export const wsSubject: EchoSubject = {
  name: 'ws',

  async listen() {
    const { WebSocketServer } = await loadPeer<Ws>('ws')
    const server = new WebSocketServer({ ...OPTIONS, host: HOST, port: 0, backlog: 511 })
    server.on('connection', (socket: WebSocket) => {
      socket.on('error', () => undefined)
      socket.on('message', (data: Buffer) => socket.send(data))
    })
    await once(server, 'listening')
    return {
      address: `ws://${HOST}:${server.address().port}`,
      close: async () => {
        const closed = once(server, 'close')
        server.close()
        for (const socket of server.clients) socket.terminate()
        await closed
      },
    }
  },

  async connect(address, owners) {
    const { WebSocket } = await loadPeer<Ws>('ws')
    const opened = await openClients(owners, async (owner) => {
      const socket = new WebSocket(address, OPTIONS)
      await once(socket, 'open')
      return new WsClient(socket, owner)
    })
    return {
      ...opened,
      keepalive: () => {
        for (const client of opened.clients) client.ping()
      },
    }
  },
}

class WsClient implements EchoClient {
  readonly #socket: WebSocket
  #isClosing = false

  constructor(socket: WebSocket, owner: EchoClientOwner) {
    this.#socket = socket
    let cause: Error | undefined
    socket.on('error', (error: Error) => {
      cause = error
    })
    socket.on('close', () => {
      if (!this.#isClosing) owner.fail(new BenchError('ERR_BENCH_CONNECTION', 'ws: the connection was lost', cause))
    })
    socket.on('message', (data: Buffer) => owner.receive(data))
  }

  send(payload: Uint8Array): void {
    this.#socket.send(payload)
  }

  ping(): void {
    this.#socket.ping()
  }

  async close(): Promise<void> {
    this.#isClosing = true
    const closed = once(this.#socket, 'close')
    this.#socket.terminate()
    await closed
  }
}
