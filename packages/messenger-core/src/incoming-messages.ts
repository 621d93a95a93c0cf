import type { Message } from '@msgr/message'
import { Admission } from './admission.ts'
import type { ConnectionHost } from './connection-host.ts'
import { DelayLine } from './delay-line.ts'
import type { SessionConnection } from './session-connection.ts'

/** The messages that come on one connection: past the throttles, and at times held back, on their way to the queue. */
export class IncomingMessages {
  readonly #host: ConnectionHost
  readonly #connection: SessionConnection
  #admission: Admission | undefined
  #delayLine: DelayLine | undefined

  constructor(host: ConnectionHost, connection: SessionConnection) {
    this.#host = host
    this.#connection = connection
  }

  /** The connection is open, and its peer known. */
  opened(): void {
    const { injector, timers } = this.#host
    if (this.#delayLine !== undefined || !injector.delaysPeer(this.#connection.peerType)) return
    this.#delayLine = new DelayLine(timers, (message) => {
      this.#host.deliver(message, this.#connection)
    })
  }

  /** True if a message of `bytes` may be read now; otherwise `onAdmitted` is called when it may. */
  admit(bytes: number, onAdmitted: () => void): boolean {
    this.#admission ??= new Admission(this.#host.admissionSteps(this.#connection))
    return this.#admission.begin(bytes, onAdmitted)
  }

  /** The message that was admitted is here. */
  receive(message: Message): void {
    message.dispatchThrottleBytes = message.frontLength + message.middleLength + message.dataLength
    this.#admission?.complete()
    if (this.#delayLine === undefined) this.#host.deliver(message, this.#connection)
    else this.#delayLine.add(message, this.#host.injector.messageDelayMs())
  }

  /** The message that was admitted, or waits for it, is never complete. */
  abandon(): void {
    this.#admission?.abandon()
  }

  /** What came before the transport was gone goes on its way. */
  transportGone(): void {
    this.#admission?.abandon()
    this.#delayLine?.flush()
  }

  /** Forgets what is held back. */
  discard(): void {
    for (const message of this.#delayLine?.discard() ?? []) this.release(message)
  }

  /** A message has been dispatched or dropped: gives back what it held of the throttles. */
  release(message: Message): void {
    this.#admission?.release(message.dispatchThrottleBytes)
  }
}
