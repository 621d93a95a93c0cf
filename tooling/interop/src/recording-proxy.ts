import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** What went one way, in one piece as TCP brought it. */
export interface RecordedPiece {
  readonly from: 'dialler' | 'acceptor'
  readonly bytes: Buffer
}

/** All that went over one connection, in the order in which it came by. */
export type Recording = readonly RecordedPiece[]

/** Stands before a daemon of this host, and writes down what is said, both ways. */
export class RecordingProxy {
  readonly recordings: RecordedPiece[][] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, target: number) {
    this.#server = server
    server.on('connection', (dialler: Socket) => {
      const acceptor = connect(target, '127.0.0.1')
      const recording: RecordedPiece[] = []
      this.recordings.push(recording)
      this.#forward(dialler, acceptor, 'dialler', recording)
      this.#forward(acceptor, dialler, 'acceptor', recording)
    })
  }

  /** Forwards to a port of 127.0.0.1, from one of its own. */
  static async before(target: number): Promise<RecordingProxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new RecordingProxy(server, target)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #forward(from: Socket, to: Socket, who: RecordedPiece['from'], recording: RecordedPiece[]): void {
    this.#sockets.add(from)
    from.on('error', () => undefined) // told by `close`
    from.on('data', (bytes: Buffer) => {
      recording.push({ from: who, bytes })
      to.write(bytes)
    })
    from.on('end', () => to.end())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}
