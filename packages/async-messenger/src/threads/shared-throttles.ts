import { signalWakeup } from '@msgr/event-driver'
import { Throttle, type AdmissionStep, type PolicyThrottlers } from '@msgr/messenger-core'
import type { SharedThrottle, SharedThrottlers } from './control.ts'

/** The throttles of a messenger that its threads take part in. */
export class SharedThrottles {
  readonly #wakeFd: number
  readonly #shared = new Map<Throttle, SharedThrottle>()

  /** `wakeFd`: what wakes the messenger's thread. */
  constructor(wakeFd: number) {
    this.#wakeFd = wakeFd
  }

  share(throttle: Throttle): SharedThrottle {
    const known = this.#shared.get(throttle)
    if (known !== undefined) return known
    const memory = throttle.share({ wakeFd: this.#wakeFd, wake: signalWakeup })
    const shared = { id: this.#shared.size + 1, memory }
    this.#shared.set(throttle, shared)
    return shared
  }

  shareBoth({ bytes, messages }: PolicyThrottlers): SharedThrottlers {
    return { bytes: bytes && this.share(bytes), messages: messages && this.share(messages) }
  }

  /** Another thread has given room back. */
  retry(): void {
    for (const throttle of this.#shared.keys()) throttle.retry()
  }

  /** A thread has ended, whose descriptor this was, and of what it had taken so much has come with messages. */
  evict(wakeFd: number, passedOn: ReadonlyMap<AdmissionStep['throttle'], number>): void {
    for (const throttle of this.#shared.keys()) throttle.evict(wakeFd, passedOn.get(throttle))
  }
}

/** The same throttles, as one of the threads has them. */
export class JoinedThrottles {
  readonly #wakeFd: number
  readonly #joined = new Map<number, Throttle>()

  /** `wakeFd`: what wakes this thread. */
  constructor(wakeFd: number) {
    this.#wakeFd = wakeFd
  }

  join({ id, memory }: SharedThrottle): Throttle {
    const known = this.#joined.get(id)
    if (known !== undefined) return known
    const throttle = Throttle.attach(memory, { wakeFd: this.#wakeFd, wake: signalWakeup })
    this.#joined.set(id, throttle)
    return throttle
  }

  joinBoth({ bytes, messages }: SharedThrottlers): PolicyThrottlers {
    return { bytes: bytes && this.join(bytes), messages: messages && this.join(messages) }
  }

  /** Another thread has given room back. */
  retry(): void {
    for (const throttle of this.#joined.values()) throttle.retry()
  }

  leave(): void {
    for (const throttle of this.#joined.values()) throttle.detach()
  }
}
