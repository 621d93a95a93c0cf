import type { Authorizer, AuthorizerVerdict } from '@msgr/msgr-protocol'

/**
 * Proves who we are and judges who others say they are. Either answer may come later; the handshake waits for it, as
 * long as its own deadline lets it. A promise that rejects refuses.
 */
export interface Authenticator {
  /**
   * What to show a peer of this type. `challenge` came with its answer to what we showed last. `NO_AUTHORIZER` shows
   * nothing.
   */
  getAuthorizer(peerType: number, challenge: Uint8Array | undefined): Authorizer | Promise<Authorizer>
  /** Whether a peer that calls itself of this type, and shows this, may open a session. */
  verifyAuthorizer(peerType: number, authorizer: Authorizer): AuthorizerVerdict | Promise<AuthorizerVerdict>
}
