import { timingSafeEqual } from 'node:crypto'
import { Feature, hasFeature } from '@msgr/message'
import type { AeadFactory } from './aead.ts'
import { type AuthSession } from './client-authorizer.ts'
import { CryptoKey } from './crypto-key.ts'
import { FrameCipher } from './frame-cipher.ts'
import { MessageSigner } from './message-signer.ts'
import { type FrameRevision } from './nonce-sequence.ts'

/** Bytes of an AUTH_SIGNATURE. */
export const SIGNATURE_LENGTH = 32

/** Where what `portable` gives is made a `SessionSecurity` again. Threads of Node 20 run no sources, but what is built. */
const RESTORING_MODULE = import.meta.url.endsWith('.ts') ? '../dist/restore-security.js' : './restore-security.js'

export interface SessionSecurityOptions {
  /** Sign messages of version 1 of the protocol. Default true. Ceph: cephx_sign_messages */
  readonly signMessages?: boolean
}

/** What a `SessionSecurity` is made of. Holds secrets. */
export interface PortableSecurityData {
  /** Of `KeyType`. */
  readonly keyType: number
  readonly secret: Uint8Array
  /** Empty in mode crc. */
  readonly connectionSecret: Uint8Array
  readonly signMessages: boolean
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

  /** Makes what `portable` was made of again. Throws `KeyError` for a key that is none. */
  static from(data: PortableSecurityData): SessionSecurity {
    const { keyType, secret, connectionSecret, signMessages } = data
    const key = new CryptoKey({ type: keyType, secret }, { allowNone: true })
    return new SessionSecurity(key, Uint8Array.from(connectionSecret), { signMessages })
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

  /**
   * The same as plain data, for another thread: `restoreSecurity` of the module makes it a `SessionSecurity` there. It
   * holds copies of the secrets: it belongs into no log.
   */
  get portable(): { readonly module: string; readonly data: PortableSecurityData } {
    const data = {
      keyType: this.#key.type,
      secret: this.#key.exportSecret(),
      connectionSecret: Uint8Array.from(this.#connectionSecret),
      signMessages: this.#signMessages,
    }
    return { module: new URL(RESTORING_MODULE, import.meta.url).href, data }
  }
}
