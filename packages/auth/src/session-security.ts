import { timingSafeEqual } from 'node:crypto'
import { Feature, hasFeature } from '@msgr/message'
import type { AeadFactory } from './aead.ts'
import { type AuthSession } from './client-authorizer.ts'
import { type CryptoKey } from './crypto-key.ts'
import { FrameCipher } from './frame-cipher.ts'
import { MessageSigner } from './message-signer.ts'
import { type FrameRevision } from './nonce-sequence.ts'

/** Bytes of an AUTH_SIGNATURE. */
export const SIGNATURE_LENGTH = 32

export interface SessionSecurityOptions {
  /** Sign messages of version 1 of the protocol. Default true. Ceph: cephx_sign_messages */
  readonly signMessages?: boolean
}

/**
 * What an authenticated session protects its transport with: the `TransportSecurity` of msgr-protocol, by shape.
 * Ceph: src/auth/cephx/CephxSessionHandler.cc; src/msg/async/ProtocolV2.cc, handle_auth_signature
 */
export class SessionSecurity {
  readonly #key: CryptoKey
  readonly #connectionSecret: Uint8Array
  readonly #signMessages: boolean

  private constructor(key: CryptoKey, connectionSecret: Uint8Array, options: SessionSecurityOptions) {
    this.#key = key
    this.#connectionSecret = connectionSecret
    this.#signMessages = options.signMessages ?? true
  }

  /** `undefined` for a session that has no key, as with method none. */
  static of(
    { sessionKey, connectionSecret }: AuthSession,
    options: SessionSecurityOptions = {},
  ): SessionSecurity | undefined {
    return sessionKey && new SessionSecurity(sessionKey, connectionSecret, options)
  }

  /**
   * Version 1: what signs and checks messages, if both ends have `Feature.msgAuth`. Throws `KeyError` for a key of type
   * 2 where they lack `Feature.cephxV2`.
   */
  messageSigner(features: bigint): MessageSigner | undefined {
    if (!this.#signMessages || !hasFeature(features, Feature.msgAuth)) return undefined
    return new MessageSigner(this.#key, { hasCephxV2: hasFeature(features, Feature.cephxV2) })
  }

  /** Version 2: the signature of all bytes that went one way, from the banner up to and with AUTH_DONE. */
  signTranscript(parts: readonly Uint8Array[]): Uint8Array {
    return this.#key.hmacSha256(...parts)
  }

  /** Version 2: whether a signature is right. Takes the same time wherever it differs. */
  checkTranscript(parts: readonly Uint8Array[], signature: Uint8Array): boolean {
    return signature.length === SIGNATURE_LENGTH && timingSafeEqual(this.signTranscript(parts), signature)
  }

  /**
   * Version 2, mode secure: what encrypts frames, with the help of `aead` if there is one. `undefined` without a
   * connection secret, as in mode crc.
   */
  frameCipher(revision: FrameRevision, role: 'dial' | 'accept', aead?: AeadFactory): FrameCipher | undefined {
    if (this.#connectionSecret.length === 0) return undefined
    return new FrameCipher(this.#connectionSecret, { role, revision, aead })
  }
}
