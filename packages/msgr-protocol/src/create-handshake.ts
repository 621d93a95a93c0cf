import type { MovedHandshake } from './accepting-state.ts'
import type { AcceptHandshake, DialHandshake } from './handshake.ts'
import type { SessionEvent } from './session-event.ts'
import type { SessionMemory } from './session-memory.ts'
import type { SessionOptions } from './session-options.ts'
import type { TransportFacts } from './wire.ts'
import { AcceptHandshakeV1 } from './wire-v1/accept-handshake-v1.ts'
import { DialHandshakeV1 } from './wire-v1/dial-handshake-v1.ts'
import { AcceptHandshakeV2 } from './wire-v2/accept-handshake-v2.ts'
import { DialHandshakeV2 } from './wire-v2/dial-handshake-v2.ts'

/** What either end of a handshake works with. */
export interface HandshakeParts {
  readonly facts: TransportFacts
  /** Of the session that the transport was opened for, or, accepting, of the one that begins with it. */
  readonly memory: SessionMemory
  readonly options: SessionOptions
  readonly emit: (event: SessionEvent) => void
}

/** Begins to talk on a transport that was opened for the session of the memory. */
export function createDialHandshake(parts: HandshakeParts): DialHandshake {
  return parts.memory.wire === 'v1' ? new DialHandshakeV1(parts) : new DialHandshakeV2(parts)
}

/** Begins to talk on a transport that a peer has opened; or goes on, with what was `moved` here. */
export function createAcceptHandshake(parts: HandshakeParts, moved?: MovedHandshake): AcceptHandshake {
  if (moved === undefined) {
    return parts.memory.wire === 'v1' ? AcceptHandshakeV1.begin(parts) : AcceptHandshakeV2.begin(parts)
  }
  const { state, restore } = moved
  return state.wire === 'v1'
    ? AcceptHandshakeV1.resume(parts, state, restore)
    : AcceptHandshakeV2.resume(parts, state, restore)
}
