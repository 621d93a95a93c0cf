import type { SessionClock } from './session-clock.ts'
import { MESSAGE_DROPPED, type SessionEvent } from './session-event.ts'
import type { SessionKeepalives } from './session-keepalives.ts'
import type { SessionMemory } from './session-memory.ts'
import type { SessionOptions } from './session-options.ts'
import { hasFrames, writeFrames } from './session-output.ts'
import type { FrameSignal, Wire } from './wire.ts'

interface TrafficParts {
  readonly memory: SessionMemory
  readonly clock: SessionClock
  readonly keepalives: SessionKeepalives
  readonly options: Pick<SessionOptions, 'registry'>
}

/** What an open session says and hears besides handshakes: messages, acks and keepalives. */
export class SessionTraffic {
  readonly #parts: TrafficParts
  /** The peer has agreed to the session, but not yet said what it has got: nothing may be sent before. */
  #awaitsPeerInSeq = false
  #isWriting = false

  constructor(parts: TrafficParts) {
    this.#parts = parts
  }

  /** Both ends agree. With `awaitsPeerInSeq` the handshake goes on until `confirmed`. */
  opened(awaitsPeerInSeq: boolean): void {
    const { memory, clock } = this.#parts
    this.#awaitsPeerInSeq = awaitsPeerInSeq
    memory.opened()
    clock.opened()
    if (!awaitsPeerInSeq) clock.handshakeOver()
  }

  /** The peer has said what it has got. */
  confirmed(): void {
    const { memory, clock } = this.#parts
    memory.isConfirmed = true
    this.#awaitsPeerInSeq = false
    clock.handshakeOver()
  }

  transportGone(): void {
    this.#awaitsPeerInSeq = false
    this.#parts.keepalives.transportGone()
    this.#parts.clock.transportGone()
  }

  /** What a frame has to say to the owner, if anything. Throws what decoding a message throws. */
  hear(signal: Exclude<FrameSignal, 'messageArriving' | 'closed'>, wire: Wire): SessionEvent | undefined {
    const { memory, clock, keepalives } = this.#parts
    switch (signal) {
      case 'message':
        return this.#receiveMessage(wire)
      case 'messageAborted':
        return MESSAGE_DROPPED
      case 'ack':
        clock.progressed()
        memory.queue.acknowledge(wire.seq)
        return undefined
      default:
        keepalives.heard(signal, wire.stamp, clock.nowMs)
        return undefined
    }
  }

  wantsOutput(wire: Wire): boolean {
    return wire.outputLength > 0 || (this.#mayWrite && hasFrames(this.#parts.memory, this.#parts.keepalives))
  }

  /** As `Session.takeOutput`. */
  takeOutput(wire: Wire, maxBytes: number): Uint8Array[] {
    // A message that sends another while it is being encoded must not let that one overtake it.
    if (this.#isWriting) return []
    this.#isWriting = true
    try {
      if (this.#mayWrite) writeFrames(this.#parts.memory, this.#parts.keepalives, wire, maxBytes)
    } finally {
      this.#isWriting = false
    }
    return wire.takeOutput()
  }

  get #mayWrite(): boolean {
    return this.#parts.memory.state === 'open' && !this.#awaitsPeerInSeq
  }

  #receiveMessage(wire: Wire): SessionEvent {
    const { memory, clock, options } = this.#parts
    if (wire.ackSeq > 0) memory.queue.acknowledge(wire.ackSeq)
    if (memory.isDouble(wire.header.seq)) return MESSAGE_DROPPED
    const message = wire.decodeMessage(options.registry)
    memory.received(wire.header.seq)
    clock.progressed()
    return { kind: 'message', message }
  }
}
