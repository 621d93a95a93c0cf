import type { EntityAddr } from '@msgr/message'
import type { VirtualClock } from './virtual-clock.ts'

/** What an end of a link tells whoever uses it. */
export interface LinkUser {
  onBytes(bytes: Uint8Array): void
  /** There is room for more. */
  onDrain(): void
  onClosed(error: Error): void
}

export interface LinkPlan {
  readonly latencyMs: number
  /** Bytes of the next piece to be delivered; the stream is cut into such pieces, wherever they fall. */
  readonly nextPiece: () => number
  /** The link breaks when so many bytes of the one who dialled, or of the one who accepted, have been delivered. */
  readonly breakAfter: { readonly dialler: number; readonly acceptor: number }
  /** How long each end takes to notice that the link is broken. */
  readonly noticeMs: { readonly dialler: number; readonly acceptor: number }
}

export const PERFECT: LinkPlan = {
  latencyMs: 1,
  nextPiece: () => Infinity,
  breakAfter: { dialler: Infinity, acceptor: Infinity },
  noticeMs: { dialler: 0, acceptor: 0 },
}

const WINDOW = 64 * 1024

/** Two ends of a byte stream in memory. Bytes written at one come out at the other some time later, in pieces. */
export class Link {
  readonly dialler: LinkEnd
  readonly acceptor: LinkEnd
  isBroken = false

  constructor(clock: VirtualClock, plan: LinkPlan, addrs: { dialler: EntityAddr; acceptor: EntityAddr }) {
    const breakBoth = (): void => {
      this.isBroken = true
      this.dialler.break(plan.noticeMs.dialler)
      this.acceptor.break(plan.noticeMs.acceptor)
    }
    this.dialler = new LinkEnd(clock, plan, addrs.acceptor, plan.breakAfter.dialler, breakBoth)
    this.acceptor = new LinkEnd(clock, plan, addrs.dialler, plan.breakAfter.acceptor, breakBoth)
    this.dialler.peer = this.acceptor
    this.acceptor.peer = this.dialler
  }
}

export class LinkEnd {
  readonly remoteAddr: EntityAddr
  user: LinkUser | undefined
  peer: LinkEnd | undefined
  /** Everything written here, as it was when it was delivered. */
  readonly delivered: Uint8Array[] = []
  deliveredBytes = 0
  readonly #clock: VirtualClock
  readonly #plan: LinkPlan
  readonly #breakAfter: number
  readonly #break: () => void
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #isScheduled = false
  #state: 'open' | 'broken' | 'closed' = 'open'
  #isPaused = false

  constructor(clock: VirtualClock, plan: LinkPlan, remoteAddr: EntityAddr, breakAfter: number, breakBoth: () => void) {
    this.#clock = clock
    this.#plan = plan
    this.remoteAddr = remoteAddr
    this.#breakAfter = breakAfter
    this.#break = breakBoth
  }

  get room(): number {
    return Math.max(0, WINDOW - this.#waitingBytes)
  }

  /** The chunk is kept as it is until it is delivered, as a socket would. */
  write(chunk: Uint8Array): void {
    if (this.#state !== 'open') return
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    this.#schedule()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    const { peer } = this
    if (peer !== undefined) peer.#schedule()
  }

  /** The user hears no more of it. The other end is told that the stream has ended, unless the link is broken. */
  close(): void {
    const wasOpen = this.#state === 'open'
    this.#state = 'closed'
    this.user = undefined
    const peer = this.peer
    if (!wasOpen || peer === undefined) return
    this.#clock.after(this.#plan.latencyMs, () => {
      peer.#end(new Error('the peer has closed the stream'))
    })
  }

  /** Nothing gets through any more, which the user learns after a while. */
  break(noticeMs: number): void {
    if (this.#state !== 'open') return
    this.#state = 'broken'
    this.#waiting = []
    this.#clock.after(noticeMs, () => {
      this.#end(new Error('the link is broken'))
    })
  }

  #end(error: Error): void {
    const user = this.user
    this.#state = 'closed'
    this.user = undefined
    user?.onClosed(error)
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return
    this.#isScheduled = true
    this.#clock.after(this.#plan.latencyMs, () => {
      this.#isScheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    const peer = this.peer
    while (this.#state === 'open' && this.#waiting.length > 0 && peer !== undefined && !peer.#isPaused) {
      const most = Math.min(this.#plan.nextPiece(), this.#breakAfter - this.deliveredBytes)
      const piece = this.#takePiece(most)
      if (piece.length > 0) {
        this.deliveredBytes += piece.length
        this.delivered.push(piece)
        peer.user?.onBytes(piece)
      }
      if (this.deliveredBytes >= this.#breakAfter) this.#break()
    }
    if (this.#state === 'open') this.user?.onDrain()
  }

  #takePiece(most: number): Uint8Array {
    const length = Math.min(most, this.#waitingBytes)
    const piece = new Uint8Array(length)
    for (let at = 0; at < length;) {
      const chunk = this.#waiting[0]!
      const part = chunk.subarray(0, length - at)
      piece.set(part, at)
      at += part.length
      if (part.length === chunk.length) this.#waiting.shift()
      else this.#waiting[0] = chunk.subarray(part.length)
    }
    this.#waitingBytes -= length
    return piece
  }
}
