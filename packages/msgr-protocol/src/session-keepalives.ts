import type { KeepaliveStamp, Wire } from './wire.ts'

/** The signs of life a session owes, and those it has had. */
export class SessionKeepalives {
  /** Ours, asked for and not yet written. It outlives a transport. */
  toSend: KeepaliveStamp | undefined = undefined
  /** The peer's, to be sent back. */
  #toAnswer: KeepaliveStamp | undefined
  /** When the peer's last one came. */
  lastReceivedMs: number | undefined = undefined
  /** The wall-clock time, in milliseconds since 1970, of the last one of ours that the peer has answered. */
  lastAnsweredMs: number | undefined = undefined

  get isPending(): boolean {
    return this.toSend !== undefined || this.#toAnswer !== undefined
  }

  /** `stamp` is undefined for the old kind, which wants no answer. */
  received(stamp: KeepaliveStamp | undefined, nowMs: number): void {
    this.lastReceivedMs = nowMs
    if (stamp !== undefined) this.#toAnswer = stamp
  }

  answered(stamp: KeepaliveStamp): void {
    this.lastAnsweredMs = stamp.seconds * 1000 + stamp.nanoseconds / 1e6
  }

  write(wire: Wire): void {
    if (this.toSend !== undefined) wire.writeKeepalive(this.toSend)
    if (this.#toAnswer !== undefined) wire.writeKeepaliveAck(this.#toAnswer)
    this.toSend = undefined
    this.#toAnswer = undefined
  }

  transportGone(): void {
    this.#toAnswer = undefined
  }
}
