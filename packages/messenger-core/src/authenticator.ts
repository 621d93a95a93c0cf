import type {
  Authorizer,
  AuthorizerAnswer,
  AuthorizerRefusal,
  AuthorizerVerdict,
  TransportSecurity,
  WireVersion,
} from '@msgr/msgr-protocol'

/** Which handshake is meant. */
export interface HandshakeContext {
  /** Stands for the transport: the same object throughout one handshake, and gone with it. */
  readonly transport: object
  readonly wire: WireVersion
}

/** What the accepting end knows besides what it is shown. */
export interface AcceptContext extends HandshakeContext {
  /** What the peer supports, if it has said so by now: in version 2 it has not. */
  readonly features: bigint | undefined
  /** One of `ConnectionMode`: what will be used if the peer is accepted. */
  readonly mode: number
  /** Version 2: the peer goes on with what it began. */
  readonly isMore: boolean
}

/**
 * Proves who we are and judges who others say they are. Each answer may come later; the handshake waits for it, as
 * long as its own deadline lets it. A promise that rejects refuses.
 */
export interface Authenticator {
  /**
   * What to show a peer of this type. `challenge` came with its answer to what we showed last. `NO_AUTHORIZER` shows
   * nothing.
   */
  getAuthorizer(
    peerType: number,
    challenge: Uint8Array | undefined,
    context: HandshakeContext,
  ): Authorizer | Promise<Authorizer>
  /**
   * The peer does not take what it was shown: what to show instead, on the same transport; `undefined`, and a missing
   * method, give up until the next attempt.
   */
  replaceAuthorizer?(
    peerType: number,
    refusal: AuthorizerRefusal,
    context: HandshakeContext,
  ): Authorizer | undefined | Promise<Authorizer | undefined>
  /**
   * Checks what the peer has answered when it took the authorizer, and gives what both ends have in common from now
   * on. Without this method any answer is right, and nothing is signed or encrypted.
   */
  checkAnswer?(
    peerType: number,
    answer: AuthorizerAnswer,
    context: HandshakeContext,
  ): TransportSecurity | undefined | Promise<TransportSecurity | undefined>
  /** Whether a peer that calls itself of this type, and shows this, may open a session. */
  verifyAuthorizer(
    peerType: number,
    authorizer: Authorizer,
    context: AcceptContext,
  ): AuthorizerVerdict | Promise<AuthorizerVerdict>
}
