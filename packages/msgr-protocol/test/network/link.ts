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
  /** Bytes of either end after which nothing more is delivered until `LinkEnd.goOn`, or for so long. */
  readonly stallAfter?: { readonly dialler?: number; readonly acceptor?: number }
  readonly stallMs?: number
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
  readonly plan: LinkPlan
  /** The end of each, as the other sees it. */
  readonly addrs: { readonly dialler: EntityAddr; readonly acceptor: EntityAddr }
  readonly dialler: LinkEnd
  readonly acceptor: LinkEnd
  isBroken = false
  dialledBy: unknown = undefined

  constructor(clock: VirtualClock, plan: LinkPlan, addrs: { dialler: EntityAddr; acceptor: EntityAddr }) {
    this.plan = plan
    this.addrs = addrs
    const breakBoth = (): void => {
      this.break(plan.noticeMs)
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

  /** Somebody at one of the ends uses it. */
  get isInUse(): boolean {
    return this.dialler.user !== undefined || this.acceptor.user !== undefined
  }

  get hasStalled(): boolean {
    return this.dialler.hasStalled || this.acceptor.hasStalled
  }

  /** Nothing gets through any more, which each end learns after a while. Once broken it stays as it is. */
  break(noticeMs: LinkPlan['noticeMs']): void {
    if (this.isBroken) return
    this.isBroken = true
    this.dialler.break(noticeMs.dialler)
    this.acceptor.break(noticeMs.acceptor)
  }

  /** No trouble from here on. Whatever stands still goes on, and an end that does not know of a break hears of it. */
  settle(): void {
    for (const end of [this.dialler, this.acceptor]) {
      if (this.isBroken) end.hearOfBreak()
      else end.settle()
    }
  }
}

export class LinkEnd {
  readonly remoteAddr: EntityAddr
  user: LinkUser | undefined
  peer: LinkEnd | undefined
  deliveredBytes = 0
  hasStalled = false
  readonly #clock: VirtualClock
  readonly #plan: LinkPlan
  readonly #troubles: Troubles
  #breakAfter: number
  #stallAfter: number
  #isStalled = false
  #cancelNotice: (() => void) | undefined
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
    this.#breakAfter = troubles.breakAfter
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
    this.#isStalled = false
    if (this.#waitingBytes > 0 || this.#state === 'shut') this.#schedule()
  }

  /** It neither breaks nor stands still from here on. */
  settle(): void {
    this.#breakAfter = Infinity
    this.goOn()
  }

  /** The user hears no more of it. The other end gets what was written, and then hears that the stream has ended. */
  close(): void {
    this.user = undefined
    this.#cancelNotice?.()
    if (this.#state !== 'open') return
    this.#state = 'shut'
    this.#schedule()
  }

  /** Nothing gets through any more, which the user learns after a while. */
  break(noticeMs: number): void {
    this.#state = 'gone'
    this.#waiting = []
    this.#waitingBytes = 0
    if (this.user === undefined) return
    this.#cancelNotice = this.#clock.after(noticeMs, () => {
      this.hearOfBreak()
    })
  }

  hearOfBreak(): void {
    this.#cancelNotice?.()
    this.#end(new Error('the link is broken'))
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
    if (peer === undefined) return
    while (this.#state !== 'gone' && this.#waitingBytes > 0 && peer.#mayGet > 0) {
      const upTo = Math.min(this.#breakAfter, this.#stallAfter)
      const piece = this.#takePiece(Math.min(this.#plan.nextPiece(), upTo - this.deliveredBytes))
      this.deliveredBytes += piece.length
      if (piece.length > 0) {
        peer.#mayGet--
        peer.user?.onBytes(piece)
      }
      if (this.deliveredBytes >= this.#breakAfter) this.#troubles.breakBoth()
      else if (this.deliveredBytes >= this.#stallAfter) {
        this.#stall()
        return
      }
    }
    if (this.#state === 'open') this.user?.onDrain()
    if (this.#state === 'shut' && this.#waitingBytes === 0) peer.#end(new Error('the peer has closed the stream'))
  }

  #stall(): void {
    this.hasStalled = true
    const { stallMs } = this.#plan
    if (this.#isStalled || stallMs === undefined) return
    this.#isStalled = true
    this.#clock.after(stallMs, () => {
      if (this.#isStalled) this.goOn()
    })
  }

  #takePiece(most: number): Uint8Array {
    const length = Math.min(most, this.#waitingBytes)
    this.#waitingBytes -= length
    const first = this.#waiting[0]
    if (first === undefined || first.length < length) return this.#joinChunks(length)
    if (first.length === length) this.#waiting.shift()
    else this.#waiting[0] = first.subarray(length)
    return first.subarray(0, length)
  }

  #joinChunks(length: number): Uint8Array {
    const piece = new Uint8Array(length)
    for (let at = 0; at < length;) {
      const chunk = this.#waiting[0]!
      const part = chunk.subarray(0, length - at)
      piece.set(part, at)
      at += part.length
      if (part.length === chunk.length) this.#waiting.shift()
      else this.#waiting[0] = chunk.subarray(part.length)
    }
    return piece
  }
}
