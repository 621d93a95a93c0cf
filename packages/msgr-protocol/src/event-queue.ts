import type { SessionEvent } from './session-event.ts'

/** The events of a session that its owner has not asked for yet, in order. */
export class EventQueue {
  #events: SessionEvent[] = []

  readonly emit = (event: SessionEvent): void => {
    this.#events.push(event)
  }

  next(): SessionEvent | undefined {
    return this.#events.length === 0 ? undefined : this.#events.shift()
  }

  /** Takes back what means nothing once the transport it speaks of is gone. */
  transportGone(): void {
    if (this.#events.length > 0) this.#events = this.#events.filter(outlivesTransport)
  }

  /** Takes back all events of a kind. Returns whether there were any. */
  takeBack(kind: SessionEvent['kind']): boolean {
    const { length } = this.#events
    this.#events = this.#events.filter((event) => event.kind !== kind)
    return this.#events.length < length
  }

  clear(): void {
    this.#events = []
  }
}

function outlivesTransport(event: SessionEvent): boolean {
  switch (event.kind) {
    case 'dial':
    case 'closeTransport':
    case 'identified':
    case 'authorizerNeeded':
    case 'authorizerRefused':
    case 'authorizerAnswered':
    case 'authorizerReceived':
    case 'connectRequested':
    case 'messageArriving':
    case 'messageDropped':
      return false
    case 'connected':
    case 'accepted':
    case 'message':
    case 'remoteReset':
    case 'fault':
    case 'closed':
      return true
  }
}
