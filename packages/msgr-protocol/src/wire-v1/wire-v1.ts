import {
  Feature,
  hasFeature,
  LEGACY_ADDR_SIZE,
  writeLegacyAddr,
  type EntityAddr,
  type Message,
  type MessageHeader,
  type MessageRegistry,
} from '@msgr/message'
import type { PendingBytes } from '../accepting-state.ts'
import type { ConnectReply, ConnectRequest, OpenedReply, PeerIdentity, RetryReply } from './connect.ts'
import { InputBytes } from '../input-bytes.ts'
import { OutputBytes } from '../output-bytes.ts'
import type { MessageSigner } from '../security.ts'
import type { KeepaliveStamp, TransportFacts, Wire, WireOptions, WireSignal } from '../wire.ts'
import {
  CONNECT_REPLY_SIZE,
  CONNECT_SIZE,
  retryToFields,
  writeConnectFields,
  writeReplyFields,
} from './connect-codec.ts'
import { FrameReader } from './frame-reader.ts'
import { FrameWriter } from './frame-writer.ts'
import { BANNER, HandshakeReader } from './handshake-reader.ts'
import { MsgrTag } from './msgr-tag.ts'
import { writeSeq } from './read-seq.ts'

/**
 * Version 1 of the protocol, "ceph v027": banners and addresses, connect and reply until both agree, then frames.
 * Ceph: src/msg/async/ProtocolV1.cc; src/msg/simple/Pipe.cc before it
 */
export class WireV1 implements Wire {
  readonly #role: 'dial' | 'accept'
  readonly #input: InputBytes
  readonly #output: OutputBytes
  readonly #handshake: HandshakeReader
  readonly #frames: FrameReader
  readonly #writer: FrameWriter
  #isOpen = false
  #seq = 0
  #peerHasKeepalive2 = false
  #addrGiven = false

  constructor(role: 'dial' | 'accept', options: WireOptions) {
    this.#role = role
    this.#input = new InputBytes(options.memory)
    this.#output = new OutputBytes(this.#input.memory.output)
    this.#handshake = new HandshakeReader(role, this.#input, options.limits)
    this.#frames = new FrameReader(this.#input, options)
    this.#writer = new FrameWriter(this.#output, options)
  }

  /** After `identified`: the addresses. The dialling end answers with `writeConnect`. */
  get identity(): PeerIdentity {
    return present(this.#handshake.identity, 'identity')
  }

  /** After `connectRequested`: the dialling end asks for a session. */
  get request(): ConnectRequest {
    return present(this.#handshake.request, 'request')
  }

  /** After `connectReplied`: the accepting end answers. */
  get reply(): ConnectReply {
    return present(this.#handshake.reply, 'reply')
  }

  get header(): MessageHeader {
    return this.#frames.header
  }

  get bodyLength(): number {
    const { frontLength, middleLength, dataLength } = this.#frames.header
    return frontLength + middleLength + dataLength
  }

  get seq(): number {
    return this.#seq
  }

  readonly ackSeq = 0
  readonly messagesCarryAcks = false

  get stamp(): KeepaliveStamp {
    return this.#frames.stamp
  }

  get outputLength(): number {
    return this.#output.length
  }

  get inputTarget(): Uint8Array | undefined {
    return this.#input.target
  }

  receive(bytes: Uint8Array): void {
    this.#input.push(bytes)
  }

  next(): WireSignal | undefined {
    if (this.#readsFrames) {
      const signal = this.#frames.next()
      if (signal === 'ack') this.#seq = this.#frames.seq
      return signal
    }
    const signal = this.#handshake.next()
    if (signal === 'peerInSeq') this.#seq = this.#handshake.inSeq
    return signal
  }

  releaseInput(): boolean {
    return !this.#frames.takeSharesInput() && !this.#input.holdsChunk
  }

  admit(): void {
    this.#frames.admit()
  }

  decodeMessage(registry: MessageRegistry): Message {
    return this.#frames.decodeMessage(registry)
  }

  /** Begins the handshake. `ownAddr` is what this end gives as its address. */
  start(facts: TransportFacts, ownAddr: EntityAddr): void {
    this.#output.append(BANNER)
    if (this.#role === 'dial') return
    this.#writeAddr(ownAddr)
    this.#writeAddr(facts.remoteAddr)
  }

  /** Instead of `start`: an accepting end goes on where another wire was when a request had come. */
  resume({ unread, unsent }: PendingBytes): void {
    this.#handshake.awaitAnswer()
    this.#output.append(unsent)
    this.#input.push(unread)
  }

  /** Accepting end, when a request has come: what another wire needs to go on. */
  takePending(): PendingBytes {
    return { unread: this.#input.takeUnread(), unsent: this.#output.takeCopy() }
  }

  /** Dialling end: gives its address, the first time, and asks for a session. */
  writeConnect(request: ConnectRequest, ownAddr: EntityAddr): void {
    if (!this.#addrGiven) this.#writeAddr(ownAddr)
    this.#addrGiven = true
    const at = this.#output.reserve(CONNECT_SIZE)
    writeConnectFields(request, this.#output.view, at)
    this.#output.append(request.authorizer.bytes)
  }

  /** Accepting end: asks the peer to try again. `common` goes with every reply. */
  writeRetry(reply: RetryReply, common: { features: bigint; protocolVersion: number }): void {
    const { fields, bytes } = retryToFields(reply, common)
    const at = this.#output.reserve(CONNECT_REPLY_SIZE)
    writeReplyFields(fields, this.#output.view, at)
    this.#output.append(bytes)
    this.#handshake.expectRequest()
  }

  /** Accepting end: agrees. With an `inSeq` the peer answers with its own, which comes as `peerInSeq`. */
  writeOpened(reply: OpenedReply): void {
    const { features, globalSeq, connectSeq, protocolVersion, inSeq, authorizerReply } = reply
    const tag = inSeq === undefined ? MsgrTag.ready : MsgrTag.seq
    const authorizerLength = authorizerReply.length
    const flags = reply.lossy ? 1 : 0
    const at = this.#output.reserve(CONNECT_REPLY_SIZE)
    const fields = { tag, features, globalSeq, connectSeq, protocolVersion, authorizerLength, flags }
    writeReplyFields(fields, this.#output.view, at)
    this.#output.append(authorizerReply)
    if (inSeq !== undefined) this.writeInSeq(inSeq)
    this.#handshake.expectFrames(inSeq !== undefined)
  }

  /** Dialling end: tells what it has got, after a reply that did so. */
  writeInSeq(inSeq: number): void {
    const at = this.#output.reserve(8)
    writeSeq(inSeq, this.#output.view, at)
  }

  /** The features both ends have; from here on frames may be written. `signer`: for messages, if they are signed. */
  open(features: bigint, signer: MessageSigner | undefined): void {
    const withSignature = hasFeature(features, Feature.msgAuth)
    this.#frames.useFooterWithSignature(withSignature)
    this.#writer.useFooterWithSignature(withSignature)
    this.#frames.useSigner(signer)
    this.#writer.useSigner(signer)
    this.#peerHasKeepalive2 = hasFeature(features, Feature.msgrKeepalive2)
    this.#isOpen = true
  }

  writeMessage(message: Message, seq: number): void {
    this.#writer.writeMessage(message, seq)
  }

  writeAck(seq: number): void {
    this.#writer.writeAck(seq)
  }

  writeKeepalive(stamp: KeepaliveStamp): void {
    if (this.#peerHasKeepalive2) this.#writer.writeKeepalive2(stamp)
    else this.#writer.writePlainKeepalive()
  }

  writeKeepaliveAck(stamp: KeepaliveStamp): void {
    this.#writer.writeKeepalive2Ack(stamp)
  }

  takeOutput(): Uint8Array[] {
    return this.#output.take()
  }

  /** An accepting end may be open while it still waits for the peer's in seq. */
  get #readsFrames(): boolean {
    return this.#isOpen && this.#handshake.isDone
  }

  #writeAddr(addr: EntityAddr): void {
    const at = this.#output.reserve(LEGACY_ADDR_SIZE)
    writeLegacyAddr(addr, this.#output.bytes, at)
  }
}

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the ${what} is asked for before a signal announced it`)
  return value
}
