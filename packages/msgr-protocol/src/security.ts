import type { MessageFooter, MessageHeader } from '@msgr/message'
import type { AeadFactory, FrameCipher, FrameRevision } from './wire-v2/frame-cipher.ts'

/** Signs the messages of one transport of version 1, and checks the peer's: once all checksums are in place. */
export interface MessageSigner {
  /** Puts the signature, and the flag that there is one, into the footer. */
  sign(header: MessageHeader, footer: MessageFooter): void
  check(header: MessageHeader, footer: MessageFooter): boolean
}

/** What secures a transport, in a form that can cross to another thread. It holds secrets: it belongs into no log. */
export interface PortableSecurity {
  /** URL of a module whose export `restoreSecurity` makes it a `TransportSecurity` again. */
  readonly module: string
  /** What that takes: plain, structured-cloneable. */
  readonly data: unknown
}

/**
 * What two ends have in common once one has proved who it is, as far as a wire has a use for it. Version 1 signs
 * messages with it; version 2 signs its handshake, and may encrypt all that follows.
 */
export interface TransportSecurity {
  /** Version 1. `features`: those that both ends have. `undefined` if messages are not signed. */
  messageSigner?(features: bigint): MessageSigner | undefined
  /** Version 2: the 32-byte signature of all that went one way. Without, there is no key, and it is all zeros. */
  signTranscript?(parts: readonly Uint8Array[]): Uint8Array
  /** Version 2: whether a signature is right. Takes as long for a wrong one as for a right one. */
  checkTranscript?(parts: readonly Uint8Array[], signature: Uint8Array): boolean
  /**
   * Version 2, in mode `secure`: what encrypts the frames of this transport. `aead`: what is fast at it here, if there
   * is anything. Called once.
   */
  frameCipher?(revision: FrameRevision, role: 'dial' | 'accept', aead?: AeadFactory): FrameCipher | undefined
  /** The same in a form that can cross to another thread; without, what this secures stays where it was made. */
  readonly portable?: PortableSecurity | undefined
}
