import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { EntityAddr } from '@msgr/message'

/** One connection through a proxy. */
export interface ProxiedLink {
  /** Towards whoever dialled the proxy, and towards whom it dialled in turn. */
  readonly dialler: Socket
  readonly acceptor: Socket
}

/**
 * A stretch of network between two messengers that can be told to misbehave. The accepting end must announce the
 * proxy's address for its own, since a dialling end does not put up with another.
 */
export class TcpProxy {
  readonly addr: EntityAddr
  readonly links: ProxiedLink[] = []
  /** Where the accepting end really listens. */
  target: EntityAddr
  /** False: what comes from now on is held, in either direction, until `resume`. */
  #isForwarding = true
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, near: EntityAddr) {
    this.#server = server
    this.addr = near.with({ port: (server.address() as AddressInfo).port })
    this.target = this.addr
    server.on('connection', (dialler: Socket) => {
      const acceptor = connect(this.target.port, this.target.host)
      this.links.push({ dialler, acceptor })
      this.#forward(dialler, acceptor)
      this.#forward(acceptor, dialler)
    })
  }

  /** One that listens on the host of an address, and is of its type. Set `target` before anybody dials it. */
  static async on(near: EntityAddr): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true }).listen(0, near.host)
    await once(server, 'listening')
    return new TcpProxy(server, near)
  }

  /** Holds everything that comes, on links there are and on new ones. */
  hold(): void {
    this.#isForwarding = false
    for (const socket of this.#sockets) socket.pause()
  }

  /** Lets go of what was held, and of what comes. */
  resume(): void {
    this.#isForwarding = true
    for (const socket of this.#sockets) socket.resume()
  }

  /** The dialling end sees its socket break. The accepting end sees nothing: its socket stays, and is silent. */
  breakTowardsDialler(link: ProxiedLink): void {
    link.acceptor.removeAllListeners('data').removeAllListeners('end')
    link.dialler.removeAllListeners('data').removeAllListeners('close')
    link.dialler.destroy()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    if (!this.#isForwarding) from.pause()
    from.on('error', () => undefined) // told by `close`
    from.on('data', (chunk: Buffer) => {
      to.write(chunk)
    })
    from.on('end', () => to.end())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}
