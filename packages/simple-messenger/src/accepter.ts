import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { EntityAddr, type AddrType } from '@msgr/message'
import { TransportError, type Listener, type Logger, type MessengerOptions } from '@msgr/messenger-core'

/** What an accepter is made with. */
export interface AccepterOptions {
  readonly options: MessengerOptions
  readonly logger: Logger
  /** Takes each socket that a peer has opened. */
  readonly onSocket: (socket: Socket) => void
}

/**
 * The listening socket of a messenger. Ceph: src/msg/simple/Accepter.cc
 */
export class Accepter implements Listener {
  readonly addr: EntityAddr
  readonly #server: Server
  readonly #accepting: AccepterOptions
  /** Sockets that came before `start`. */
  #early: Socket[] | undefined = []
  #failures = 0

  private constructor(server: Server, type: AddrType, accepting: AccepterOptions) {
    this.#server = server
    this.#accepting = accepting
    const { address, port } = server.address() as AddressInfo
    this.addr = EntityAddr.fromIp(type, address, port)
    server.on('connection', (socket) => {
      this.#accept(socket)
    })
    server.on('error', (error) => {
      this.#failed(error)
    })
  }

  /** Listens at exactly this address. Throws `TransportError`. */
  static async listen(addr: EntityAddr, accepting: AccepterOptions): Promise<Accepter> {
    const { tcpListenBacklog, tcpNodelay } = accepting.options
    const server = createServer({ noDelay: tcpNodelay })
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new TransportError(error.code ?? 'ERR_SOCKET', `listen at ${addr.toString()}: ${error.message}`, error))
      })
      server.listen({ host: addr.host, port: addr.port, backlog: tcpListenBacklog, exclusive: true }, resolve)
    })
    server.removeAllListeners('error')
    return new Accepter(server, addr.type, accepting)
  }

  start(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const socket of early) this.#accepting.onSocket(socket)
  }

  async close(): Promise<void> {
    for (const socket of this.#early ?? []) socket.destroy()
    this.#early = undefined
    if (!this.#server.listening) return
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
    })
  }

  #accept(socket: Socket): void {
    this.#failures = 0
    if (this.#early === undefined) {
      this.#accepting.onSocket(socket)
      return
    }
    // Until somebody owns the socket its errors would end the process.
    socket.on('error', () => socket.destroy())
    this.#early.push(socket)
  }

  #failed(error: Error): void {
    this.#failures++
    const { maxAcceptFailures } = this.#accepting.options
    this.#accepting.logger(0, `accept at ${this.addr.toString()}: ${error.message}`)
    if (this.#failures > maxAcceptFailures) void this.close()
  }
}
