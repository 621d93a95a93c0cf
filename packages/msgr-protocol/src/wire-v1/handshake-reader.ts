import { LEGACY_ADDR_SIZE, readLegacyAddr } from '@msgr/message'
import { ProtocolError } from '../errors.ts'
import type { ConnectReply, ConnectRequest, PeerIdentity } from './connect.ts'
import type { InputBytes } from '../input-bytes.ts'
import type { ProtocolLimits } from '../limits.ts'
import { NO_BYTES } from '../no-bytes.ts'
import {
  CONNECT_REPLY_SIZE,
  CONNECT_SIZE,
  fieldsToReply,
  readConnectFields,
  readReplyFields,
  type ReplyFields,
} from './connect-codec.ts'
import { MsgrTag } from './msgr-tag.ts'
import { readSeq } from './read-seq.ts'

/** What both ends send first. The version 2 protocol starts otherwise, so either end notices the other's version. */
export const BANNER: Uint8Array = Uint8Array.from('ceph v027', (char) => char.charCodeAt(0))

type Stage = 'banner' | 'addrs' | 'connect' | 'authorizer' | 'reply' | 'authorizerReply' | 'replySeq' | 'inSeq' | 'rest'
type Signal = 'identified' | 'connectRequested' | 'connectReplied' | 'peerInSeq'

/**
 * Reads the handshake of version 1, as either end sees it:
 *
 *     dialling:   banner ─ addrs (2 × 136) ─ reply (26 + n, + 8 after SEQ) ─┬─ rest
 *                                               ▲───────────── asked again ─┘
 *     accepting:  banner ─ addr (136) ─ connect (33 + n) ─┬─ [in seq (8)] ─ rest
 *                                          ▲─ asked again ┘
 */
export class HandshakeReader {
  readonly #role: 'dial' | 'accept'
  readonly #input: InputBytes
  readonly #limits: ProtocolLimits
  #stage: Stage = 'banner'
  /** An authorizer that is being read, how much of it is there, and the fields it belongs to. */
  #body = NO_BYTES
  #filled = 0
  #replyFields: ReplyFields | undefined

  identity: PeerIdentity | undefined
  request: ConnectRequest | undefined
  reply: ConnectReply | undefined
  inSeq = 0

  constructor(role: 'dial' | 'accept', input: InputBytes, limits: ProtocolLimits) {
    this.#role = role
    this.#input = input
    this.#limits = limits
  }

  /** True once the handshake is over and what follows are frames. */
  get isDone(): boolean {
    return this.#stage === 'rest'
  }

  /** The peer was asked to try again: another request follows. */
  expectRequest(): void {
    this.#stage = 'connect'
  }

  /** A request that was read elsewhere is being answered. */
  awaitAnswer(): void {
    this.#stage = 'rest'
  }

  /** The handshake is over, or, for an accepting end that told its own, once the peer has told its in seq. */
  expectFrames(peerTellsInSeq: boolean): void {
    this.#stage = peerTellsInSeq ? 'inSeq' : 'rest'
  }

  next(): Signal | undefined {
    for (;;) {
      const signal = this.#step()
      if (signal !== 'more') return signal
    }
  }

  /** Reads one item. `'more'`: it was read, and another must follow; `undefined`: it is not all there yet. */
  #step(): Signal | 'more' | undefined {
    switch (this.#stage) {
      case 'banner':
        return this.#readBanner()
      case 'addrs':
        return this.#readAddrs()
      case 'connect':
        return this.#readConnect()
      case 'authorizer':
        return this.#readAuthorizer()
      case 'reply':
        return this.#readReply()
      case 'authorizerReply':
        return this.#fillBody() ? this.#replyComplete() : undefined
      case 'replySeq':
        if (!this.#input.take(8)) return undefined
        return this.#replied(readSeq(this.#input.view, this.#input.offset))
      case 'inSeq':
        if (!this.#input.take(8)) return undefined
        this.inSeq = readSeq(this.#input.view, this.#input.offset)
        this.#stage = 'rest'
        return 'peerInSeq'
      case 'rest':
        return undefined
    }
  }

  #readBanner(): 'more' | undefined {
    const { length } = BANNER
    if (!this.#input.take(length)) return undefined
    const { bytes, offset } = this.#input
    if (BANNER.some((byte, i) => bytes[offset + i] !== byte)) {
      const got = String.fromCharCode(...bytes.subarray(offset, offset + length))
      throw new ProtocolError('ERR_MSGR_BAD_BANNER', `banner: expected "ceph v027", got ${JSON.stringify(got)}`)
    }
    this.#stage = 'addrs'
    return 'more'
  }

  #readAddrs(): Signal | undefined {
    const count = this.#role === 'dial' ? 2 : 1
    if (!this.#input.take(count * LEGACY_ADDR_SIZE)) return undefined
    const { bytes, offset } = this.#input
    const peerAddr = readLegacyAddr(bytes, offset)
    const seenAddr = count === 2 ? readLegacyAddr(bytes, offset + LEGACY_ADDR_SIZE) : undefined
    this.identity = { peerAddr, seenAddr }
    this.#stage = this.#role === 'dial' ? 'reply' : 'connect'
    return 'identified'
  }

  #readConnect(): 'more' | undefined {
    if (!this.#input.take(CONNECT_SIZE)) return undefined
    const { authorizerLength, ...request } = readConnectFields(this.#input.view, this.#input.offset)
    this.#startBody('authorizer', authorizerLength)
    this.request = request
    this.#stage = 'authorizer'
    return 'more'
  }

  #readAuthorizer(): Signal | undefined {
    if (!this.#fillBody() || this.request === undefined) return undefined
    const protocol = this.request.authorizer.protocol
    this.request = { ...this.request, authorizer: { protocol, bytes: this.#body } }
    // Nothing more is read until the request has been answered.
    this.#stage = 'rest'
    return 'connectRequested'
  }

  #readReply(): 'more' | undefined {
    if (!this.#input.take(CONNECT_REPLY_SIZE)) return undefined
    this.#replyFields = readReplyFields(this.#input.view, this.#input.offset)
    this.#startBody('authorizer reply', this.#replyFields.authorizerLength)
    this.#stage = 'authorizerReply'
    return 'more'
  }

  #replyComplete(): Signal | 'more' {
    if (this.#replyFields?.tag !== MsgrTag.seq) return this.#replied(undefined)
    this.#stage = 'replySeq'
    return 'more'
  }

  #replied(inSeq: number | undefined): Signal {
    const fields = this.#replyFields
    if (fields === undefined) throw new Error('a reply is complete, but its fields were never read')
    this.reply = fieldsToReply(fields, this.#body, inSeq)
    this.#stage = this.reply.kind === 'opened' ? 'rest' : 'reply'
    return 'connectReplied'
  }

  #startBody(what: string, length: number): void {
    const max = this.#limits.maxAuthorizerBytes
    if (length > max) {
      throw new ProtocolError('ERR_MSGR_TOO_LONG', `length of the ${what}: expected at most ${max}, got ${length}`)
    }
    this.#body = length === 0 ? NO_BYTES : new Uint8Array(length)
    this.#filled = 0
  }

  #fillBody(): boolean {
    this.#filled = this.#input.fill(this.#body, this.#filled)
    return this.#filled === this.#body.length
  }
}
