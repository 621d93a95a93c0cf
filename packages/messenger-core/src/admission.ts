import type { Throttle } from '@msgr/dispatcher'
import type { PolicyThrottlers } from './policy-table.ts'

/** One throttle that a message must pass, and whether it counts messages or bytes. */
export interface AdmissionStep {
  readonly throttle: Pick<Throttle, 'getOrFail' | 'getWhenRoom' | 'put'>
  readonly counts: 'messages' | 'bytes'
}

/** The throttles of a peer's type, and then the one that is `forAll`. */
export function admissionSteps(
  { messages, bytes }: PolicyThrottlers,
  forAll: AdmissionStep['throttle'],
): readonly AdmissionStep[] {
  const steps: AdmissionStep[] = []
  if (messages !== undefined) steps.push({ throttle: messages, counts: 'messages' })
  if (bytes !== undefined) steps.push({ throttle: bytes, counts: 'bytes' })
  steps.push({ throttle: forAll, counts: 'bytes' })
  return steps
}

/**
 * Takes a message through a connection's throttles, one after the other, before its body is read. While one of them
 * has no room the connection reads nothing, so the peer's socket fills and the peer has to wait.
 *
 * Ceph: src/msg/async/ProtocolV1.cc, throttle_message and the two steps after it. Differs from Ceph: it waits in the
 * throttle's own line instead of asking again every millisecond.
 */
export class Admission {
  readonly #steps: readonly AdmissionStep[]
  /** Bytes of the message under way, and how many of the steps it has passed. */
  #bytes = 0
  #passed = 0
  #waiting: AbortController | undefined

  /** The steps in the order in which they are taken. */
  constructor(steps: readonly AdmissionStep[]) {
    this.#steps = steps
  }

  /** True if a message of `bytes` may be read now; otherwise `onAdmitted` is called when it may. */
  begin(bytes: number, onAdmitted: () => void): boolean {
    this.#bytes = bytes
    this.#passed = 0
    return this.#proceed(onAdmitted)
  }

  /** The message is complete: what it holds is its own now, and comes back with `release`. */
  complete(): void {
    this.#passed = 0
  }

  /** The message will never be complete: gives back what it holds, or leaves the line. */
  abandon(): void {
    this.#waiting?.abort()
    this.#waiting = undefined
    for (const step of this.#steps.slice(0, this.#passed)) step.throttle.put(amount(step, this.#bytes))
    this.#passed = 0
  }

  /** A message that was completed has been dispatched, or dropped. */
  release(bytes: number): void {
    releaseSteps(this.#steps, bytes)
  }

  #proceed(onAdmitted: () => void): boolean {
    for (;;) {
      const step = this.#steps[this.#passed]
      if (step === undefined) return true
      const count = amount(step, this.#bytes)
      if (!step.throttle.getOrFail(count) && this.#wait(step.throttle, count, onAdmitted)) return false
      this.#passed++
    }
  }

  /** False if there is room after all: another thread may have given it back just now. */
  #wait(throttle: AdmissionStep['throttle'], count: number, onAdmitted: () => void): boolean {
    const waiting = new AbortController()
    let isInLine = false
    const onGranted = (): void => {
      if (!isInLine) return
      this.#waiting = undefined
      this.#passed++
      if (this.#proceed(onAdmitted)) onAdmitted()
    }
    isInLine = throttle.getWhenRoom(count, onGranted, waiting.signal)
    if (isInLine) this.#waiting = waiting
    return isInLine
  }
}

/** Gives back what a message of so many bytes holds of them all. */
export function releaseSteps(steps: readonly AdmissionStep[], bytes: number): void {
  for (const step of steps) step.throttle.put(amount(step, bytes))
}

function amount(step: AdmissionStep, bytes: number): number {
  return step.counts === 'messages' ? 1 : bytes
}
