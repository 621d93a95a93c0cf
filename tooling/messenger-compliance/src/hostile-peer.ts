import type { EntityAddr } from '@msgr/message'

/** What a peer that means no good may say in one version of the protocol, byte by byte. */
export interface HostilePeer {
  /** What a good dialling end says up to an open session with the one at the address, and then a message. */
  readonly goodFrames: (target: EntityAddr) => readonly Buffer[]
  /** How many of them leave the handshake half done. */
  readonly halfDoneCount: number
  /** A message as the last of them, a ping, with any seq, which is its transaction id too, and data. */
  readonly goodMessage: (seq: number, data: Uint8Array) => Buffer
  /** What breaks the protocol, and what is logged of it, once. */
  readonly badDiallers: readonly BadDialler[]
  /** What one says that is no peer, where one should listen. */
  readonly impostors: readonly (readonly [what: string, bytes: Buffer])[]
}

export interface BadDialler {
  readonly what: string
  readonly bytes: (target: EntityAddr) => Buffer
  readonly logged: RegExp
}
