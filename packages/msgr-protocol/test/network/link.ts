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
  /** Bytes of either end after which nothing more is delivered until `LinkEnd.goOn`. */
  readonly stallAfter?: { readonly dialler?: number; readonly acceptor?: number }
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
/** A user that pauses still gets what was on its way: so many pieces. */
const PIECES_ON_THEIR_WAY = 2

interface Troubles {
  readonly breakAfter: number
  readonly stallAfter: number
  readonly breakBoth: () => void
}

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
    this.dialler = new LinkEnd(clock, plan, addrs.acceptor, {
      breakAfter: plan.breakAfter.dialler,
      stallAfter: plan.stallAfter?.dialler ?? Infinity,
      breakBoth,
    })
    this.acceptor = new LinkEnd(clock, plan, addrs.dialler, {
      breakAfter: plan.breakAfter.acceptor,
      stallAfter: plan.stallAfter?.acceptor ?? Infinity,
      breakBoth,
    })
    this.dialler.peer = this.acceptor
    this.acceptor.peer = this.dialler
  }
}

export class LinkEnd {
  readonly remoteAddr: EntityAddr
  user: LinkUser | undefined
  peer: LinkEnd | undefined
  deliveredBytes = 0
  readonly #clock: VirtualClock
  readonly #plan: LinkPlan
  readonly #troubles: Troubles
  #stallAfter: number
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #isScheduled = false
  #state: 'open' | 'shut' | 'gone' = 'open'
  /** Pieces that the user still gets although it has paused; all of them while it has not. */
  #mayGet = Infinity

  constructor(clock: VirtualClock, plan: LinkPlan, remoteAddr: EntityAddr, troubles: Troubles) {
    this.#clock = clock
    this.#plan = plan
    this.remoteAddr = remoteAddr
    this.#troubles = troubles
    this.#stallAfter = troubles.stallAfter
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
    this.#mayGet = PIECES_ON_THEIR_WAY
  }

  resume(): void {
    this.#mayGet = Infinity
    const { peer } = this
    if (peer !== undefined) peer.#schedule()
  }

  /** Ends a stall, or moves it to a later byte. */
  goOn(stallAfter?: number): void {
    this.#stallAfter = stallAfter ?? Infinity
    this.#schedule()
  }

  /** The user hears no more of it. The other end gets what was written, and then hears that the stream has ended. */
  close(): void {
    this.user = undefined
    if (this.#state !== 'open') return
    this.#state = 'shut'
    this.#schedule()
  }

  /** Nothing gets through any more, which the user learns after a while. */
  break(noticeMs: number): void {
    this.#state = 'gone'
    this.#waiting = []
    this.#waitingBytes = 0
    this.#clock.after(noticeMs, () => {
      this.#end(new Error('the link is broken'))
    })
  }

  #end(error: Error): void {
    const { user } = this
    this.#state = 'gone'
    this.user = undefined
    user?.onClosed(error)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.after(this.#plan.latencyMs, () => {
      this.#isScheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    const { peer } = this
    const { breakAfter, breakBoth } = this.#troubles
    if (peer === undefined) return
    while (this.#state !== 'gone' && this.#waitingBytes > 0 && peer.#mayGet > 0) {
      const upTo = Math.min(breakAfter, this.#stallAfter)
      const piece = this.#takePiece(Math.min(this.#plan.nextPiece(), upTo - this.deliveredBytes))
      this.deliveredBytes += piece.length
      if (piece.length > 0) {
        peer.#mayGet--
        peer.user?.onBytes(piece)
      }
      if (this.deliveredBytes >= breakAfter) breakBoth()
      else if (this.deliveredBytes >= this.#stallAfter) return
    }
    if (this.#state === 'open') this.user?.onDrain()
    if (this.#state === 'shut' && this.#waitingBytes === 0) peer.#end(new Error('the peer has closed the stream'))
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
