import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { EntityAddr } from '@msgr/message'

/** Where the port stands in what a peer of version 1 of the wire says first: banner 9, type 4, nonce 4, family 2. */
const PORT_OFFSET = 19

/**
 * Stands between clients and a monitor, under an address of its own, and passes bytes on until it is told to hold them
 * back. What the monitor says of its own address is changed, as clients insist on finding who they have dialled.
 */
export class Relay {
  readonly addr: EntityAddr
  readonly #server: Server
  readonly #sockets: Set<Socket>

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server
    this.#sockets = sockets
    this.addr = EntityAddr.fromIp('v1', '127.0.0.1', portOf(server))
  }

  /** Without a monitor it takes connections, and is silent. */
  static async start(monitor?: EntityAddr): Promise<Relay> {
    const sockets = new Set<Socket>()
    const server = createServer((near) => {
      const ends = monitor === undefined ? [near] : [near, connect(monitor.port, monitor.host)]
      for (const socket of ends) {
        sockets.add(socket)
        // A broken socket is told of by its close.
        socket.on('error', () => undefined)
        socket.on('close', () => {
          for (const end of ends) end.destroy()
          sockets.delete(socket)
        })
      }
      const [, far] = ends
      if (far === undefined) return
      near.pipe(far)
      far.pipe(changePort(portOf(server))).pipe(near)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Relay(server, sockets)
  }

  /** Holds back everything that comes from now on, in both directions, without closing anything. */
  holdBack(): void {
    for (const socket of this.#sockets) {
      socket.unpipe()
      socket.pause()
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function changePort(port: number): Transform {
  let seen = 0
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      for (const [at, byte] of [port >>> 8, port & 0xff].entries()) {
        const index = PORT_OFFSET + at - seen
        if (index >= 0 && index < chunk.length) chunk[index] = byte
      }
      seen += chunk.length
      done(null, chunk)
    },
  })
}
