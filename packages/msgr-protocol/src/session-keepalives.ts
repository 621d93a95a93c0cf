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

  /** `keepalive` is the old kind, which has no stamp and wants no answer. */
  heard(signal: 'keepalive' | 'keepalive2' | 'keepalive2Ack', stamp: KeepaliveStamp, nowMs: number): void {
    if (signal === 'keepalive2Ack') {
      this.lastAnsweredMs = stamp.seconds * 1000 + stamp.nanoseconds / 1e6
      return
    }
    this.lastReceivedMs = nowMs
    if (signal === 'keepalive2') this.#toAnswer = stamp
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
