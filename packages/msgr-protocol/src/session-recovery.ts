import { decideFault } from './decide-fault.ts'
import type { SessionClock } from './session-clock.ts'
import type { SessionEvent } from './session-event.ts'
import type { SessionKeepalives } from './session-keepalives.ts'
import type { SessionMemory } from './session-memory.ts'

/** What a session is made of, as far as its transports do not matter. */
interface SessionParts {
  readonly memory: SessionMemory
  readonly clock: SessionClock
  readonly keepalives: SessionKeepalives
  readonly emit: (event: SessionEvent) => void
}

/** What becomes of a session that has lost its transport: it dials again, stands by, or ends. */
export class SessionRecovery {
  readonly #parts: SessionParts
  /** The wait under way is for the peer's own attempt. */
  #awaitsPeer = false

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  /** The transport is gone, and the session has let go of it. */
  fault(error: Error): void {
    const { memory, clock, keepalives, emit } = this.#parts
    const { queue, state } = memory
    queue.requeueSent()
    this.#awaitsPeer = false
    const isIdle = queue.length === 0 && keepalives.toSend === undefined && !memory.isWanted
    const next = decideFault(memory, isIdle)
    if (next === 'nothing') return
    if (next === 'end') {
      this.end(error)
      return
    }
    if (next === 'standby') {
      memory.state = 'standby'
      emit({ kind: 'fault', error, next, delayMs: 0 })
      return
    }
    if (state === 'open') this.#startConnecting()
    const delayMs = clock.scheduleRetry(state === 'open')
    memory.isBackingOff = delayMs > 0
    emit({ kind: 'fault', error, next, delayMs })
    if (delayMs === 0) emit({ kind: 'dial' })
  }

  /** Something waits to be sent: a session that stands by dials, unless that is its peer's part. */
  wake(): void {
    const { memory, emit } = this.#parts
    if (memory.state !== 'standby' || !memory.mayDial) return
    this.#startConnecting()
    emit({ kind: 'dial' })
  }

  /** The peer's own attempt will win the race. Should it never come, ours is made again, much later. */
  waitForPeer(): void {
    this.#awaitsPeer = true
    this.#parts.memory.isBackingOff = true
    this.#parts.clock.waitLongest()
  }

  /**
   * The wait is over.
   *
   * Differs from Ceph: who was told to wait in vain tries with another connect seq. A Ceph that agreed to our attempt,
   * when we did not hear it, has us wait in version 2 for one of its own even if it stands by; and so for ever.
   */
  retry(): void {
    const { memory, emit } = this.#parts
    if (this.#awaitsPeer && memory.wire === 'v2') memory.countAttempt()
    this.#awaitsPeer = false
    memory.isBackingOff = false
    emit({ kind: 'dial' })
  }

  end(error: Error): void {
    const { memory, clock, emit } = this.#parts
    clock.stop()
    memory.state = 'closed'
    memory.queue.reset(0)
    emit({ kind: 'closed', error })
  }

  #startConnecting(): void {
    const { memory } = this.#parts
    memory.countAttempt()
    memory.state = 'connecting'
  }
}
