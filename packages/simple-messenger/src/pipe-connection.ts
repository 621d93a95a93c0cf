import { connect } from 'node:net'
import type { EntityAddr } from '@msgr/message'
import { SessionConnection, type ConnectionHost, type ConnectionRole, type Transport } from '@msgr/messenger-core'
import { Pipe } from './pipe.ts'

/** How a pipe's socket is set up. */
export interface PipeOptions {
  readonly tcpNodelay: boolean
  /** The IP to dial from; the system's choice if there is none. */
  readonly localAddress: () => string | undefined
}

/** A connection whose transports are pipes. */
export class PipeConnection extends SessionConnection {
  readonly #host: ConnectionHost
  readonly #options: PipeOptions

  constructor(id: number, host: ConnectionHost, role: ConnectionRole, options: PipeOptions) {
    super(id, host, role)
    this.#host = host
    this.#options = options
  }

  protected override openTransport(peerAddr: EntityAddr): Transport {
    const localAddress = this.#options.localAddress()
    const socket = connect({
      host: peerAddr.host,
      port: peerAddr.port,
      noDelay: this.#options.tcpNodelay,
      ...(localAddress === undefined ? {} : { localAddress }),
    })
    const pipe = new Pipe(socket, 'connecting', this.#host.injector)
    pipe.setOwner(this)
    return pipe
  }
}
