import type { Message, EntityAddr } from '@msgr/message'
import type { AskedSession } from './decide-accept.ts'
import type { ProtocolError } from './errors.ts'
import type { AuthorizerAnswer, AuthorizerRefusal, ShownAuthorizer } from './handshake.ts'

/** What a session wants of its owner, or has to tell it. Drained with `Session.nextEvent`. */
export type SessionEvent =
  /** Open a transport to the peer, and call `transportOpened` or `transportClosed`. */
  | { readonly kind: 'dial' }
  /** Close the transport: the session has let go of it. `error` says why, if something went wrong. */
  | { readonly kind: 'closeTransport'; readonly error: Error | undefined }
  /** The peer has said who it is. `seenAddr` is how it sees us. */
  | { readonly kind: 'identified'; readonly peerAddr: EntityAddr; readonly seenAddr: EntityAddr | undefined }
  /** Dialling: call `giveAuthorizer`. A `challenge` came with the reply to the last one. */
  | { readonly kind: 'authorizerNeeded'; readonly challenge: Uint8Array | undefined }
  /** Dialling: the peer does not take it. Call `giveAuthorizer` with another one, or `giveUpAttempt` with `error`. */
  | { readonly kind: 'authorizerRefused'; readonly refusal: AuthorizerRefusal; readonly error: ProtocolError }
  /** Dialling: the peer takes it, and this is its answer. Check it and call `secure`, or `giveUpAttempt`. */
  | { readonly kind: 'authorizerAnswered'; readonly answer: AuthorizerAnswer }
  /** Accepting: judge this and call `answerAuthorizer`. */
  | { readonly kind: 'authorizerReceived'; readonly shown: ShownAuthorizer }
  /** Accepting: look up what is held for the peer's address, and call `answerConnect` or `takeOver` there. */
  | { readonly kind: 'connectRequested'; readonly asked: AskedSession }
  /** The session is open, by our dialling or by the peer's. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'accepted' }
  /** A message of `Session.arrivingBytes` begins; nothing is read until `admit`. */
  | { readonly kind: 'messageArriving' }
  | { readonly kind: 'message'; readonly message: Message }
  /** The message that was admitted last is a double, and dropped. */
  | { readonly kind: 'messageDropped' }
  /** The peer has lost its side of the session: what was queued or in flight is gone. */
  | { readonly kind: 'remoteReset' }
  /** Something went wrong and is being dealt with; for the log. The session tries again at once or after `delayMs`. */
  | { readonly kind: 'fault'; readonly error: Error; readonly next: 'reconnect' | 'standby'; readonly delayMs: number }
  /** The session is over, because of `error`. Nothing comes after it. */
  | { readonly kind: 'closed'; readonly error: Error }

// These two say nothing else, and come with every message.
export const MESSAGE_ARRIVING: SessionEvent = { kind: 'messageArriving' }
export const MESSAGE_DROPPED: SessionEvent = { kind: 'messageDropped' }
