import type { EntityAddr, Message, MessageHeader, MessageRegistry } from '@msgr/message'
import type { Crc32cFunction } from '@msgr/bufferlist'
import type { ConnectReply, ConnectRequest, OpenedReply, PeerIdentity, RetryReply } from './handshake.ts'
import type { ProtocolLimits } from './limits.ts'

/**
 * What the bytes of a transport said. The details are in the property of the wire that each names, until the next
 * call of `next`.
 */
export type WireSignal =
  /** `identity`: the addresses. The dialling end answers with `writeConnect`. */
  | 'identified'
  /** `request`: the dialling end asks for a session. */
  | 'connectRequested'
  /** `reply`: the accepting end answers. */
  | 'connectReplied'
  /** `seq`: what the dialling end has got so far. The wire is open from here on. */
  | 'peerInSeq'
  /** `header`: a message begins. Its body is read after `admit`. */
  | 'messageArriving'
  /** The message is complete; `decodeMessage` makes it. */
  | 'message'
  /** `seq`: the peer has all messages up to it. */
  | 'ack'
  | 'keepalive'
  /** `stamp`: the peer's wall clock; it wants it back. */
  | 'keepalive2'
  /** `stamp`: ours, come back. */
  | 'keepalive2Ack'
  | 'closed'

/** A time of the wall clock, as a keepalive carries it; whoever answers returns it unchanged. Both u32. */
export interface KeepaliveStamp {
  readonly seconds: number
  readonly nanoseconds: number
}

/** What a wire needs to know of the transport it runs on. */
export interface TransportFacts {
  /** The peer's end of the socket, of type `none` if there is no such thing. */
  readonly remoteAddr: EntityAddr
}

/**
 * One transport's codec: turns frames into bytes and back, and runs the handshake of its version of the protocol. It
 * decides nothing; what the peers may do is the session's affair. One object lives as long as one transport.
 */
export interface Wire {
  /** Adds bytes from the transport. They are read where they lie: see `releaseInput`. */
  receive(bytes: Uint8Array): void
  /**
   * What comes next in the bytes received; `undefined` if more are needed, or if the wire waits for `admit` or for an
   * answer. Throws `ProtocolError` or `MessageError` for bytes that break the protocol; the transport is lost then.
   */
  next(): WireSignal | undefined
  /** True if nothing given to `receive` since the last call is in use any more, so that it may be overwritten. */
  releaseInput(): boolean

  readonly identity: PeerIdentity
  readonly request: ConnectRequest
  readonly reply: ConnectReply
  readonly header: MessageHeader
  /** Bytes of front, middle and data of the message in `header`. */
  readonly bodyLength: number
  readonly seq: number
  readonly stamp: KeepaliveStamp

  /** Lets the body of the arriving message through. */
  admit(): void
  decodeMessage(registry: MessageRegistry): Message

  /** Begins the handshake. `ownAddr` is what this end gives as its address. */
  start(facts: TransportFacts, ownAddr: EntityAddr): void
  /** Dialling end: gives its address, the first time, and asks for a session. */
  writeConnect(request: ConnectRequest, ownAddr: EntityAddr): void
  /** Accepting end: asks the peer to try again. `common` goes with every reply. */
  writeRetry(reply: RetryReply, common: { features: bigint; protocolVersion: number }): void
  /** Accepting end: agrees. With an `inSeq` the peer answers with its own, which comes as `peerInSeq`. */
  writeOpened(reply: OpenedReply): void
  /** Dialling end: tells what it has got, after a reply that did so. */
  writeInSeq(inSeq: number): void
  /** The features both ends have; from here on frames may be written. */
  open(features: bigint): void

  writeMessage(message: Message, seq: number): void
  writeAck(seq: number): void
  writeKeepalive(stamp: KeepaliveStamp): void
  writeKeepaliveAck(stamp: KeepaliveStamp): void

  /** Bytes that wait for `takeOutput`. */
  readonly outputLength: number
  takeOutput(): Uint8Array[]
}

/** What all wires of a messenger share. */
export interface WireOptions {
  /** `'dial'` for the end that opened the transport. */
  readonly role: 'dial' | 'accept'
  /** Who this end is: goes into the header of every message. */
  readonly ownType: number
  readonly ownNum: number
  /** The fastest there is here: `crc32c` of bufferlist does everywhere. */
  readonly crc32c: Crc32cFunction
  /** Make and check the crc of headers, fronts and middles; and of data. */
  readonly crcHeader: boolean
  readonly crcData: boolean
  readonly limits: ProtocolLimits
}
