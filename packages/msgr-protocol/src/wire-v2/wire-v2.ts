import { hasFeature, type EntityName, type Message, type MessageHeader, type MessageRegistry } from '@msgr/message'
import type { WireStateV2 } from '../accepting-state.ts'
import { ProtocolError } from '../errors.ts'
import { InputBytes } from '../input-bytes.ts'
import { OutputBytes } from '../output-bytes.ts'
import type { TransportSecurity } from '../security.ts'
import type { KeepaliveStamp, Wire, WireOptions, WireSignal } from '../wire.ts'
import { Msgr2Feature } from './banner-v2.ts'
import { ConnectionMode } from './connection-mode.ts'
import type { AeadFactory, FrameCipher, FrameRevision } from './frame-cipher.ts'
import { FrameReaderV2 } from './frame-reader-v2.ts'
import { FrameWriterV2 } from './frame-writer-v2.ts'
import { HandshakeTranscript } from './handshake-transcript.ts'
import type { PayloadCodec } from './payload-codec.ts'

/** Bytes of the signature that either end makes; all zeros where there is no key. */
const SIGNATURE_SIZE = 32

/** Where another wire was, and what secured it, if what is still to come needs it. */
interface ResumedV2 {
  readonly state: WireStateV2
  readonly security: TransportSecurity | undefined
}

/**
 * Version 2 of the protocol, "ceph v2": banners, then frames, those of the handshake too. What they say in the
 * handshake is for `DialHandshakeV2` and `AcceptHandshakeV2`; here is how they are framed, signed and encrypted.
 * Ceph: src/msg/async/ProtocolV2.cc
 */
export class WireV2 implements Wire {
  readonly #role: 'dial' | 'accept'
  readonly #ownFeatures: bigint
  readonly #aead: AeadFactory | undefined
  readonly #input: InputBytes
  readonly #output: OutputBytes
  readonly #reader: FrameReaderV2
  readonly #writer: FrameWriterV2
  readonly #received = new HandshakeTranscript()
  readonly #sent = new HandshakeTranscript()
  #revision: FrameRevision = '2.1'
  #security: TransportSecurity | undefined
  /** What seals the frames, in mode `secure`. */
  #cipher: FrameCipher | undefined
  #isOpen = false

  readonly messagesCarryAcks = true

  /** Begins the handshake with the banner; or, with a `resumed` one, goes on where that was, secured as it was. */
  constructor(role: 'dial' | 'accept', options: WireOptions, resumed?: ResumedV2) {
    this.#role = role
    this.#input = new InputBytes(options.memory)
    this.#output = new OutputBytes(this.#input.memory.output)
    this.#aead = options.aead
    this.#ownFeatures = options.maxRevision === '2.0' ? 0n : Msgr2Feature.revision1
    this.#reader = new FrameReaderV2(this.#input, options)
    this.#writer = new FrameWriterV2(this.#output, options)
    if (resumed === undefined) this.#begin()
    else this.#resume(resumed)
  }

  #begin(): void {
    this.#reader.transcript = this.#received.add
    this.#writer.transcript = this.#sent.add
    this.#writer.writeBanner({ supported: this.#ownFeatures, required: 0n })
  }

  #resume({ state, security }: ResumedV2): void {
    this.#security = security
    this.#reader.skipBanner()
    this.#useRevision(state.revision)
    if (state.cipher !== undefined) this.#useCipher().resumeAt(state.cipher)
    this.#output.append(state.unsent)
    this.#input.push(state.unread)
  }

  /**
   * Between two frames, once both ends have signed: what another wire needs to go on. `undefined`, with nothing taken
   * out, if frames are sealed by what is not portable.
   */
  takeState(): WireStateV2 | undefined {
    const cipher = this.#cipher?.position
    const security = cipher === undefined ? undefined : this.#security?.portable
    if (cipher !== undefined && security === undefined) return undefined
    const pending = { unread: this.#input.takeUnread(), unsent: this.#output.takeCopy() }
    return { revision: this.#revision, security, cipher, ...pending }
  }

  /** After `control`: which frame it is, one of `FrameTag`. */
  get tag(): number {
    return this.#reader.tag
  }

  /** What that frame says. */
  read<T>(codec: PayloadCodec<T>): T {
    return codec.decode(this.#reader.payload)
  }

  write<T>(tag: number, codec: PayloadCodec<T>, value: T): void {
    this.#writer.writeControl(tag, codec.encode(value))
  }

  /** A frame that says nothing but its tag. */
  writeEmpty(tag: number): void {
    this.#writer.writeControl(tag, new Uint8Array(0))
  }

  /** After `bannerReceived`: frames follow, of the newest revision that both ends know. */
  start(): void {
    const { supported, required } = this.#reader.banner
    if (!hasFeature(this.#ownFeatures, required)) {
      const missing = required & ~this.#ownFeatures
      const text = `banner: the peer requires features 0x${missing.toString(16)} of version 2, which we lack`
      throw new ProtocolError('ERR_MSGR_REFUSED', text)
    }
    this.#useRevision(hasFeature(supported & this.#ownFeatures, Msgr2Feature.revision1) ? '2.1' : '2.0')
  }

  /**
   * AUTH_DONE has been read or written. From here on frames are encrypted, if the mode is `secure`. Returns our
   * signature of what was received. Throws if there is nothing to encrypt with.
   */
  secure(mode: number, security: TransportSecurity | undefined): Uint8Array {
    this.#reader.transcript = undefined
    this.#writer.transcript = undefined
    this.#security = security
    if (mode === ConnectionMode.secure) this.#useCipher()
    return security?.signTranscript?.(this.#received.parts) ?? new Uint8Array(SIGNATURE_SIZE)
  }

  /** Checks the peer's signature of what it received. Throws `ProtocolError` if that is not what was sent. */
  checkSignature(signature: Uint8Array): void {
    const isRight =
      this.#security?.checkTranscript === undefined
        ? signature.every((byte) => byte === 0)
        : this.#security.checkTranscript(this.#sent.parts, signature)
    if (!isRight) {
      const text = 'handshake: the peer has signed other bytes than were sent, or with another key'
      throw new ProtocolError('ERR_MSGR_BAD_SIGNATURE', text)
    }
    this.#received.clear()
    this.#sent.clear()
  }

  /** Messages may come from here on, all of them from this peer. */
  open(peerName: EntityName): void {
    this.#reader.useSource(peerName)
    this.#isOpen = true
  }

  get header(): MessageHeader {
    return this.#reader.header
  }

  get bodyLength(): number {
    return this.#reader.bodyLength
  }

  get seq(): number {
    return this.#reader.seq
  }

  get ackSeq(): number {
    return this.#reader.ackSeq
  }

  get stamp(): KeepaliveStamp {
    return this.#reader.stamp
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
    const signal = this.#reader.next()
    const isOfHandshake = signal === 'bannerReceived' || signal === 'control'
    if (!this.#isOpen && signal !== undefined && !isOfHandshake) {
      throw new ProtocolError('ERR_MSGR_BAD_TAG', `frame: expected one of the handshake, got ${signal}`)
    }
    return signal
  }

  releaseInput(): boolean {
    return !this.#reader.takeSharesInput() && !this.#input.holdsChunk
  }

  admit(): void {
    this.#reader.admit()
  }

  decodeMessage(registry: MessageRegistry): Message {
    return this.#reader.decodeMessage(registry)
  }

  writeMessage(message: Message, seq: number, ackSeq: number): void {
    this.#writer.writeMessage(message, seq, ackSeq)
  }

  writeAck(seq: number): void {
    this.#writer.writeAck(seq)
  }

  writeKeepalive(stamp: KeepaliveStamp): void {
    this.#writer.writeKeepalive2(stamp)
  }

  writeKeepaliveAck(stamp: KeepaliveStamp): void {
    this.#writer.writeKeepalive2Ack(stamp)
  }

  takeOutput(): Uint8Array[] {
    return this.#output.take()
  }

  #useRevision(revision: FrameRevision): void {
    this.#revision = revision
    this.#reader.start(revision)
    this.#writer.start(revision)
  }

  #useCipher(): FrameCipher {
    const cipher = this.#security?.frameCipher?.(this.#revision, this.#role, this.#aead)
    if (cipher === undefined) throw new Error('mode secure was agreed on, but the authenticator gave no cipher for it')
    this.#reader.useCipher(cipher)
    this.#writer.useCipher(cipher)
    this.#cipher = cipher
    return cipher
  }
}

/** A frame that has no business where it comes. */
export function unexpectedFrame(tag: number, expected: string): ProtocolError {
  return new ProtocolError('ERR_MSGR_BAD_TAG', `tag of a frame: expected ${expected}, got ${tag}`)
}
