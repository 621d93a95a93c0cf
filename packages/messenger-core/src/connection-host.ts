import type { EntityAddr, Message } from '@msgr/message'
import type { AskedSession, SessionOptions } from '@msgr/msgr-protocol'
import type { AdmissionStep } from './admission.ts'
import type { Authenticator } from './authenticator.ts'
import type { FaultInjector } from './fault-injector.ts'
import type { Logger } from './logger.ts'
import type { SessionConnection } from './session-connection.ts'
import type { Timers } from './timers.ts'

/** What a connection needs of the messenger it belongs to. */
export interface ConnectionHost {
  readonly sessionOptions: SessionOptions
  readonly timers: Timers
  readonly logger: Logger
  readonly injector: FaultInjector
  readonly defaultSendPriority: number
  /** What one connection may have queued, in bytes; `Infinity` for no limit. */
  readonly maxQueuedBytes: number

  /** Who proves who we are, and judges the peer, on this connection. */
  authenticatorFor(connection: SessionConnection): Authenticator
  /** The throttles for messages of an open connection, in the order in which they are taken. */
  admissionSteps(connection: SessionConnection): readonly AdmissionStep[]
  /** A peer has said how it sees us. */
  learnedAddr(seen: EntityAddr): void
  /** Answers the request that the connection's session has reported, or moves its transport to a session held. */
  decide(connection: SessionConnection, asked: AskedSession): void
  /** An authorizer was accepted. */
  authenticated(connection: SessionConnection): void
  /** The session is open. */
  connected(connection: SessionConnection): void
  accepted(connection: SessionConnection): void
  /** A message is there. `releaseThrottles` of its connection must be called when it has been dispatched. */
  deliver(message: Message, connection: SessionConnection): void
  /** The peer has lost the session: what came of it and was not dispatched is dropped. */
  remoteReset(connection: SessionConnection): void
  /** Nobody listens where the connection dials. */
  refused(connection: SessionConnection): void
  /**
   * The connection is over. `wasKnown`: the application has seen it, and is to be told unless it asked for this.
   * `heir`: the one that goes on with its transport.
   */
  closed(
    connection: SessionConnection,
    how: { readonly wasKnown: boolean; readonly heir?: SessionConnection | undefined },
  ): void
  /** What waits on the connection to be sent or acknowledged may be less now. Called often. */
  progressed?(connection: SessionConnection): void
}
