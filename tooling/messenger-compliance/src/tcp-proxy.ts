import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { EntityAddr } from '@msgr/message'

/** Where an accepting end's own port stands in what it says first: banner, type, nonce, family, port. */
const PORT_OFFSET = 9 + 4 + 4 + 2

/** One connection through a proxy. */
export interface ProxiedLink {
  /** Towards whoever dialled the proxy, and towards whom it dialled in turn. */
  readonly dialler: Socket
  readonly acceptor: Socket
}

/**
 * A stretch of network between two messengers that can be told to misbehave. It stands for the accepting end: it puts
 * its own port in the place of that end's, since a dialling end does not put up with another.
 */
export class TcpProxy {
  readonly addr: EntityAddr
  readonly links: ProxiedLink[] = []
  /** False: what comes from now on is held, in either direction, until `resume`. */
  #isForwarding = true
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, target: EntityAddr) {
    this.#server = server
    this.addr = target.with({ port: (server.address() as AddressInfo).port })
    server.on('connection', (dialler: Socket) => {
      const acceptor = connect(target.port, target.host)
      this.links.push({ dialler, acceptor })
      this.#forward(dialler, acceptor)
      this.#forward(acceptor, dialler, PORT_OFFSET)
    })
  }

  static async to(target: EntityAddr): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true }).listen(0, target.host)
    await once(server, 'listening')
    return new TcpProxy(server, target)
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

  #forward(from: Socket, to: Socket, portOffset = -1): void {
    let seenBytes = 0
    this.#sockets.add(from)
    if (!this.#isForwarding) from.pause()
    from.on('error', () => undefined) // told by `close`
    from.on('data', (chunk: Buffer) => {
      for (let i = 0; i < 2 && portOffset >= 0; i++) {
        const at = portOffset + i - seenBytes
        if (at >= 0 && at < chunk.length) chunk[at] = (this.addr.port >> (8 * (1 - i))) & 0xff
      }
      seenBytes += chunk.length
      to.write(chunk)
    })
    from.on('end', () => to.end())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}
