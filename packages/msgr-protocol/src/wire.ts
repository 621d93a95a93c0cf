import type { EntityAddr, Message, MessageHeader, MessageRegistry } from '@msgr/message'
import type { Crc32cFunction } from '@msgr/bufferlist'
import type { ProtocolLimits } from './limits.ts'
import type { WireMemory } from './wire-memory.ts'
import type { AeadFactory, FrameRevision } from './wire-v2/frame-cipher.ts'

export type WireVersion = 'v1' | 'v2'

/** What the bytes of an open transport said. The details are in the property of the wire that each names. */
export type FrameSignal =
  /** `header`: a message begins. Its body is read after `admit`. */
  | 'messageArriving'
  /** The message is complete; `decodeMessage` makes it. `ackSeq`: what came with it. */
  | 'message'
  /** The peer gives up the message that it has begun; it sends it again or never. */
  | 'messageAborted'
  /** `seq`: the peer has all messages up to it. */
  | 'ack'
  | 'keepalive'
  /** `stamp`: the peer's wall clock; it wants it back. */
  | 'keepalive2'
  /** `stamp`: ours, come back. */
  | 'keepalive2Ack'
  | 'closed'

/** What the bytes of a handshake said; for the handshake of the wire's own version, which knows where to look. */
export type HandshakeSignal =
  'identified' | 'connectRequested' | 'connectReplied' | 'peerInSeq' | 'bannerReceived' | 'control'

export type WireSignal = FrameSignal | HandshakeSignal

/** A time of the wall clock, as a keepalive carries it; whoever answers returns it unchanged. Both u32. */
export interface KeepaliveStamp {
  readonly seconds: number
  readonly nanoseconds: number
}

/** What a handshake needs to know of the transport it runs on. */
export interface TransportFacts {
  /** The peer's end of the socket, of type `none` if there is no such thing. */
  readonly remoteAddr: EntityAddr
}

/**
 * One transport's codec: turns frames into bytes and back. It decides nothing; what the peers may do is the affair of
 * the session, and of the handshake that comes with the wire. One object lives as long as one transport.
 */
export interface Wire {
  /** Where the next bytes belong, if there are many: `receive` does not copy what lies at the beginning of it. */
  readonly inputTarget: Uint8Array | undefined
  /** Adds bytes from the transport. They are read where they lie: see `releaseInput`. */
  receive(bytes: Uint8Array): void
  /**
   * What comes next in the bytes received, whose details last until the next call; `undefined` if more are needed, or
   * if the wire waits for `admit` or for an answer. Throws `ProtocolError` or `MessageError` for bytes that break the protocol; the transport is lost then.
   */
  next(): WireSignal | undefined
  /** True if nothing given to `receive` since the last call is in use any more, so that it may be overwritten. */
  releaseInput(): boolean

  readonly header: MessageHeader
  /** Bytes of front, middle and data of the message in `header`. */
  readonly bodyLength: number
  readonly seq: number
  /** With messages: the peer has ours up to it; 0 in version 1, where messages do not say. */
  readonly ackSeq: number
  /** Messages tell the peer what we have got, so that no ack is needed. */
  readonly messagesCarryAcks: boolean
  readonly stamp: KeepaliveStamp

  /** Lets the body of the arriving message through. */
  admit(): void
  decodeMessage(registry: MessageRegistry): Message

  /** `ackSeq`: what we have got; a wire whose messages do not carry it ignores it. */
  writeMessage(message: Message, seq: number, ackSeq: number): void
  writeAck(seq: number): void
  writeKeepalive(stamp: KeepaliveStamp): void
  writeKeepaliveAck(stamp: KeepaliveStamp): void

  /** Bytes that wait for `takeOutput`. */
  readonly outputLength: number
  takeOutput(): Uint8Array[]
}

/** What all wires of a messenger share. */
export interface WireOptions {
  /** Who this end is: goes into the header of every message. */
  readonly ownType: number
  readonly ownNum: number
  /** The fastest there is here: `crc32c` of bufferlist does everywhere. */
  readonly crc32c: Crc32cFunction
  /** Make and check the crc of headers, fronts and middles; and of data. */
  readonly crcHeader: boolean
  readonly crcData: boolean
  readonly limits: ProtocolLimits
  /** Where what is read and written lies; a wire has its own by default. */
  readonly memory?: WireMemory
  /** The fastest cipher there is here, for those that encrypt frames; they do without. */
  readonly aead?: AeadFactory | undefined
  /** The newest revision of version 2 to speak: 2.1 by default. */
  readonly maxRevision?: FrameRevision
}
