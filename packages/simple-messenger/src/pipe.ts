import type { Socket } from 'node:net'
import { EntityAddr } from '@msgr/message'
import {
  EarlyWrites,
  TransportError,
  type FaultInjector,
  type Transport,
  type TransportOwner,
} from '@msgr/messenger-core'

/** How much is taken from the session at a time; the socket may hold about as much again. */
const WRITE_AHEAD_BYTES = 256 * 1024

/**
 * One socket, and the two loops that serve it: `reader` hands the session what the socket has, `writer` hands the
 * socket what the session has. Each waits when its side has nothing, or may take nothing.
 *
 * Ceph: src/msg/simple/Pipe.h, where the loops are threads
 */
export class Pipe implements Transport {
  readonly #socket: Socket
  readonly #injector: Pick<FaultInjector, 'cutsSocket'>
  #owner: TransportOwner | undefined
  #remoteAddr: EntityAddr = EntityAddr.none
  #isOpen: boolean
  #isPaused = false
  readonly #earlyWrites = new EarlyWrites()
  #wakeReader: () => void = nothing
  #wakeWriter: () => void = nothing

  /** Takes over a socket, which is connected or about to be. */
  constructor(socket: Socket, state: 'connecting' | 'connected', injector: Pick<FaultInjector, 'cutsSocket'>) {
    this.#socket = socket
    this.#injector = injector
    this.#isOpen = state === 'connected'
    if (this.#isOpen) this.#learnRemoteAddr()
    socket.once('connect', () => {
      this.#isOpen = true
      this.#learnRemoteAddr()
      this.#owner?.onTransportOpen()
      this.#run()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#fail(new TransportError(error.code ?? 'ERR_SOCKET', error.message, error))
    })
    socket.once('end', () => {
      this.#fail(new TransportError('ECONNRESET', 'the peer has closed the socket'))
    })
    socket.once('close', () => {
      this.#fail(new TransportError('ECONNRESET', 'the socket is closed'))
    })
    socket.on('readable', () => {
      this.#wakeReader()
    })
    socket.on('drain', () => {
      this.#wakeWriter()
    })
  }

  get remoteAddr(): EntityAddr {
    return this.#remoteAddr
  }

  setOwner(owner: TransportOwner): void {
    const isFirst = this.#owner === undefined
    this.#owner = owner
    if (isFirst && this.#isOpen) this.#run()
  }

  flush(): void {
    // The writer goes on when this turn is over.
    const owner = this.#owner
    if (owner !== undefined && this.#mayWrite && this.#earlyWrites.isDue(owner)) {
      this.#write(owner.takeOutput(WRITE_AHEAD_BYTES))
    }
    this.#wakeWriter()
  }

  pauseReading(): void {
    this.#isPaused = true
  }

  resumeReading(): void {
    this.#isPaused = false
    this.#wakeReader()
  }

  close(): void {
    this.#owner = undefined
    this.#wakeReader()
    this.#wakeWriter()
    this.#socket.destroy()
  }

  #run(): void {
    void this.reader()
    void this.writer()
  }

  /** Hands the session what the socket has, until the pipe is closed. */
  async reader(): Promise<void> {
    while (this.#owner !== undefined) {
      const bytes = this.#isPaused ? null : (this.#socket.read() as Buffer | null)
      if (bytes === null) {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve
        })
      } else if (!this.#cutNow()) {
        this.#owner.onBytes(bytes)
      }
    }
  }

  /** Hands the socket what the session has, until the pipe is closed. */
  async writer(): Promise<void> {
    while (this.#owner !== undefined) {
      this.#earlyWrites.turnEnded()
      if (!this.#mayWrite || !this.#owner.wantsOutput) {
        await new Promise<void>((resolve) => {
          this.#wakeWriter = resolve
        })
      } else if (!this.#cutNow()) {
        this.#write(this.#owner.takeOutput(WRITE_AHEAD_BYTES))
      }
    }
  }

  get #mayWrite(): boolean {
    return this.#isOpen && !this.#socket.writableNeedDrain
  }

  #write(chunks: readonly Uint8Array[]): void {
    this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.uncork()
  }

  #cutNow(): boolean {
    if (!this.#injector.cutsSocket()) return false
    this.#fail(new TransportError('ECONNRESET', 'the socket was cut on purpose'))
    return true
  }

  #fail(error: Error): void {
    const owner = this.#owner
    this.close()
    owner?.onTransportClosed(error)
  }

  #learnRemoteAddr(): void {
    const { remoteAddress, remotePort } = this.#socket
    if (remoteAddress !== undefined) this.#remoteAddr = EntityAddr.fromIp('v1', remoteAddress, remotePort ?? 0)
  }
}

function nothing(): void {
  // Nobody waits.
}
