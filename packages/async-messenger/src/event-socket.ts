import { getSystemErrorName } from 'node:util'
import { EVENT_READABLE, EVENT_WRITABLE } from '@msgr/event-driver'
import { EntityAddr } from '@msgr/message'
import {
  EarlyWrites,
  TransportError,
  type FaultInjector,
  type Transport,
  type TransportOwner,
} from '@msgr/messenger-core'
import { EAGAIN, EINTR, getPeerName, recv, send, sendmsg, shutdown, SHUT_RDWR } from '@msgr/posix'
import type { Worker } from './worker.ts'

/** How much is taken from the session for one write, and how often one wake-up reads while the reads are full. */
const WRITE_AHEAD_BYTES = 256 * 1024
const READS_PER_WAKE_UP = 4

/** What the sockets of one messenger share. */
export interface EventSocketOptions {
  readonly injector: Pick<FaultInjector, 'cutsSocket'>
  /** Write in the turn in which there is something to write, much of it at once; otherwise on the center's next turn. */
  readonly sendInline: boolean
}

/** Tells how far a socket that connects has come: true once it is connected. Throws if it cannot be. */
export type ConnectCheck = () => boolean

/**
 * One socket on a worker's event center: reads when the kernel has bytes, writes when the session has them and the
 * kernel has room.
 *
 * Ceph: src/msg/async/AsyncConnection.cc, process and handle_write
 */
export class EventSocket implements Transport {
  readonly #fd: number
  readonly #worker: Worker
  readonly #options: EventSocketOptions
  #owner: TransportOwner | undefined
  #remoteAddr: EntityAddr = EntityAddr.none
  #isClosed = false
  #isConnected = false
  #isPaused = false
  /** Taken from the session and not yet by the kernel: chunks from `#unsentOffset` of the first on. */
  #unsent: Uint8Array[] = []
  #unsentOffset = 0
  #flushAsked = false
  readonly #earlyWrites = new EarlyWrites()
  #awaitsWritable = false

  /** Takes over a descriptor. One that is still connecting is begun with `connect`, one that is connected by its owner. */
  constructor(fd: number, worker: Worker, options: EventSocketOptions) {
    this.#fd = fd
    this.#worker = worker
    this.#options = options
    worker.acquire(fd)
  }

  /**
   * A socket that a peer has opened. `unsent` goes out before anything else. Throws `PosixError` if the peer is gone
   * already.
   */
  static accepted(
    fd: number,
    worker: Worker,
    options: EventSocketOptions,
    unsent: readonly Uint8Array[] = [],
  ): EventSocket {
    const eventSocket = new EventSocket(fd, worker, options)
    eventSocket.#unsent = [...unsent]
    try {
      eventSocket.#learnRemoteAddr()
    } catch (error) {
      eventSocket.close()
      throw error
    }
    eventSocket.#isConnected = true
    return eventSocket
  }

  get remoteAddr(): EntityAddr {
    return this.#remoteAddr
  }

  /** Tells the owner when the connection is made, or has failed. */
  connect(check: ConnectCheck): void {
    this.#worker.center.createFileEvent(this.#fd, EVENT_WRITABLE, () => {
      this.#connectProgressed(check)
    })
  }

  setOwner(owner: TransportOwner): void {
    const isFirst = this.#owner === undefined
    this.#owner = owner
    if (isFirst && this.#isConnected) this.#watchReadable()
  }

  flush(): void {
    if (this.#awaitsWritable || !this.#isConnected) return
    const { sendInline } = this.#options
    if (!this.#flushAsked) {
      this.#flushAsked = true
      if (sendInline) this.#worker.atEndOfTurn(this.#flushNow)
      else this.#worker.center.dispatchEventExternal(this.#flushNow)
    }
    // An error is met again by the write at the end of the turn.
    if (sendInline && this.#owner !== undefined && this.#earlyWrites.isDue(this.#owner)) this.#writeSome()
  }

  pauseReading(): void {
    if (this.#isPaused || this.#isClosed) return
    this.#isPaused = true
    this.#worker.center.deleteFileEvent(this.#fd, EVENT_READABLE)
  }

  resumeReading(): void {
    if (!this.#isPaused || this.#isClosed) return
    this.#isPaused = false
    this.#watchReadable()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#owner = undefined
    this.#unsent = []
    this.#worker.center.deleteFileEvent(this.#fd, EVENT_READABLE | EVENT_WRITABLE)
    try {
      shutdown(this.#fd, SHUT_RDWR)
    } catch {
      // It was never connected, or the peer was first.
    }
    this.#worker.release(this.#fd)
  }

  /** Lets go of the descriptor, for another socket to go on with, and of what the kernel has not taken. */
  handOver(): { readonly fd: number; readonly unsent: readonly Uint8Array[] } {
    const [first, ...rest] = this.#unsent
    const unsent = first === undefined ? [] : [first.subarray(this.#unsentOffset), ...rest]
    this.#isClosed = true
    this.#owner = undefined
    this.#unsent = []
    this.#worker.center.deleteFileEvent(this.#fd, EVENT_READABLE | EVENT_WRITABLE)
    this.#worker.giveAway()
    return { fd: this.#fd, unsent }
  }

  #connectProgressed(check: ConnectCheck): void {
    try {
      if (!check()) return
      this.#learnRemoteAddr()
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
      return
    }
    this.#worker.center.deleteFileEvent(this.#fd, EVENT_WRITABLE)
    this.#isConnected = true
    if (!this.#isPaused) this.#watchReadable()
    this.#owner?.onTransportOpen()
  }

  #watchReadable(): void {
    this.#worker.center.createFileEvent(this.#fd, EVENT_READABLE, this.#handleRead)
  }

  /** Reads what is there, up to a limit, so that one busy peer does not keep the others waiting. */
  readonly #handleRead = (): void => {
    const worker = this.#worker
    for (let count = 0; count < READS_PER_WAKE_UP; count++) {
      if (this.#owner === undefined || this.#isPaused || this.#cutNow()) return
      const { inputTarget } = this.#owner
      const into = inputTarget ?? worker.slab
      const from = inputTarget === undefined ? worker.slabAt : 0
      const room = into.length - from
      const length = recv(this.#fd, into, from, room)
      if (length <= 0) {
        this.#readFailed(length)
        return
      }
      this.#owner.onBytes(into.subarray(from, from + length))
      // The session may have moved to another owner while it read.
      if (!this.#inputIsFree() && inputTarget === undefined) worker.keepRead(length)
      if (length < room) return
    }
  }

  #inputIsFree(): boolean {
    return this.#owner?.releaseInput() ?? true
  }

  #readFailed(result: number): void {
    if (result === -EAGAIN || result === -EINTR) return
    if (result === 0) this.#fail(new TransportError('ECONNRESET', 'the peer has closed the socket'))
    else this.#fail(systemError('recv', result))
  }

  readonly #flushNow = (): void => {
    this.#flushAsked = false
    this.#earlyWrites.turnEnded()
    this.#write()
  }

  readonly #handleWrite = (): void => {
    this.#write()
  }

  /** Writes until the session has no more or the kernel has no room. */
  #write(): void {
    while (this.#owner !== undefined && (this.#unsent.length > 0 || this.#owner.wantsOutput)) {
      if (this.#cutNow()) return
      const sent = this.#writeSome()
      if (sent === -EAGAIN) return
      if (sent < 0 && sent !== -EINTR) {
        this.#fail(systemError('send', sent))
        return
      }
    }
    if (this.#awaitsWritable) this.#stopAwaitingWritable()
  }

  /**
   * Gives the kernel what it takes of what there is at once. Returns how much that was, or the negated errno: EAGAIN,
   * and then it is waited for, also if it took but a part.
   */
  #writeSome(): number {
    if (this.#unsent.length === 0) this.#unsent = this.#owner?.takeOutput(WRITE_AHEAD_BYTES) ?? []
    if (this.#unsent.length === 0) return 0
    const sent = this.#send()
    if (sent < 0 ? sent !== -EAGAIN : this.#dropSent(sent)) return sent
    this.#awaitWritable()
    return -EAGAIN
  }

  #send(): number {
    const [first] = this.#unsent
    const offset = this.#unsentOffset
    this.#worker.expectAnswer()
    if (first !== undefined && this.#unsent.length === 1) {
      return send(this.#fd, first, offset, first.length - offset, false)
    }
    return sendmsg(this.#fd, this.#unsent, offset, false)
  }

  /** Forgets the bytes that the kernel has taken. True if that was all. */
  #dropSent(sent: number): boolean {
    let left = sent + this.#unsentOffset
    let index = 0
    for (const chunk of this.#unsent) {
      if (left < chunk.length) break
      left -= chunk.length
      index++
    }
    this.#unsentOffset = left
    if (index === this.#unsent.length) {
      this.#unsent = []
      return true
    }
    this.#unsent = this.#unsent.slice(index)
    return false
  }

  #awaitWritable(): void {
    if (this.#awaitsWritable || this.#isClosed) return
    this.#awaitsWritable = true
    this.#worker.center.createFileEvent(this.#fd, EVENT_WRITABLE, this.#handleWrite)
  }

  #stopAwaitingWritable(): void {
    this.#awaitsWritable = false
    if (!this.#isClosed) this.#worker.center.deleteFileEvent(this.#fd, EVENT_WRITABLE)
  }

  #cutNow(): boolean {
    if (!this.#options.injector.cutsSocket()) return false
    this.#fail(new TransportError('ECONNRESET', 'the socket was cut on purpose'))
    return true
  }

  #fail(error: Error): void {
    const owner = this.#owner
    this.close()
    owner?.onTransportClosed(error)
  }

  #learnRemoteAddr(): void {
    const { address, port } = getPeerName(this.#fd)
    this.#remoteAddr = EntityAddr.fromIp('v1', address, port)
  }
}

function systemError(call: string, result: number): TransportError {
  const code = getSystemErrorName(result)
  return new TransportError(code, `${call}: ${code}`)
}
