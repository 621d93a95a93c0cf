import { BufferList } from '@msgr/bufferlist'
import { type Connection } from './connection.ts'
import { type EntityName } from './entity-name.ts'
import { type MessageHeader } from './message-header.ts'

/** What a class of messages must tell of itself to be registered and decoded. */
export interface MessageClass<M extends Message = Message> {
  new (): M
  /** The number of this type on the wire. u16. */
  readonly type: number
  /** The newest layout this class knows. u16. */
  readonly headVersion: number
  /** The oldest layout a receiver must know to make sense of what this class writes. u16. */
  readonly compatVersion: number
}

const NEVER_ENCODED = -1n

/**
 * A message: some header fields and three runs of bytes. `front` holds what the message says, `data` what it
 * carries, `middle` is seldom used. A subclass writes its fields into `front` in `encodePayload` and reads them
 * back in `decodePayload`.
 *
 * A message handed to `sendMessage` must not be changed afterwards; it may be sent on several connections. The
 * payload of a received message may share memory with what the socket read: keep the message, or copy.
 *
 * Ceph: src/msg/Message.h
 */
export abstract class Message {
  readonly type: number
  /** Layout of the payload: the class's `headVersion`, or what the sender's header said. */
  version: number
  compatVersion: number
  /** 0 stands for the messenger's default. u16. */
  priority = 0
  /** The seq under which a received message came; 0 in one that is to be sent. */
  seq = 0
  /** Who sent it; set in received messages. */
  source: EntityName | undefined = undefined
  /** Offset of the data in its page cache, as the sender sees it; without effect here. u16. */
  dataOffset = 0
  /** Where a received message came from, and where a reply goes. */
  connection: Connection | undefined = undefined
  /** Monotonic milliseconds: the header was read, the body was complete, the dispatcher was called. */
  recvStampMs = 0
  recvCompleteStampMs = 0
  dispatchStampMs = 0
  /** Bytes this message holds of the dispatch throttle. The messenger's own account: leave it alone. */
  dispatchThrottleBytes = 0

  #tidLow = 0
  #tidHigh = 0
  #front: BufferList | undefined = undefined
  #middle: BufferList | undefined = undefined
  #data: BufferList | undefined = undefined
  #encodedFor = NEVER_ENCODED

  protected constructor(messageClass: Pick<MessageClass, 'type' | 'headVersion' | 'compatVersion'>) {
    this.type = messageClass.type
    this.version = messageClass.headVersion
    this.compatVersion = messageClass.compatVersion
  }

  /** Transaction id, chosen by the sender to match a reply with its request. u64. */
  get tid(): bigint {
    if (this.#tidHigh === 0) return BigInt(this.#tidLow)
    return (BigInt(this.#tidHigh) << 32n) | BigInt(this.#tidLow)
  }

  set tid(tid: bigint) {
    this.#tidLow = Number(tid & 0xffffffffn)
    this.#tidHigh = Number((tid >> 32n) & 0xffffffffn)
  }

  get front(): BufferList {
    return (this.#front ??= new BufferList())
  }

  set front(list: BufferList) {
    this.#front = list
  }

  get middle(): BufferList {
    return (this.#middle ??= new BufferList())
  }

  set middle(list: BufferList) {
    this.#middle = list
  }

  get data(): BufferList {
    return (this.#data ??= new BufferList())
  }

  set data(list: BufferList) {
    this.#data = list
  }

  /** Bytes of front, middle and data, without creating any of them. */
  get frontLength(): number {
    return this.#front?.length ?? 0
  }

  get middleLength(): number {
    return this.#middle?.length ?? 0
  }

  get dataLength(): number {
    return this.#data?.length ?? 0
  }

  /** What the message weighs in a queue that is fair by cost: its data, in bytes. */
  get cost(): number {
    return this.dataLength
  }

  /**
   * Sets `front` (and `middle`, and `data` if it is part of what the message says) from the fields. `features` are
   * those of the peer it goes to. Assigns new lists: an earlier encoding may still be on its way to another peer.
   */
  protected abstract encodePayload(features: bigint): void

  /**
   * Reads the fields back from `front`, `middle` and `data`, in the layout that `version` says. Throws for bytes
   * that make no sense; what it throws becomes the cause of the error that ends the connection.
   */
  protected abstract decodePayload(): void

  /** Makes the payload ready for a peer with these features. Called by the wire, once per set of features. */
  encode(features: bigint): void {
    if (this.#encodedFor === features) return
    this.encodePayload(features)
    this.#encodedFor = features
  }

  /** Fills the message from a header and its three runs of bytes, which it takes over. Called by the registry. */
  decode(
    header: MessageHeader,
    front: BufferList | undefined,
    middle: BufferList | undefined,
    data: BufferList | undefined,
  ): void {
    this.version = header.version
    this.compatVersion = header.compatVersion
    this.priority = header.priority
    this.seq = header.seq
    this.dataOffset = header.dataOffset
    this.#tidLow = header.tidLow
    this.#tidHigh = header.tidHigh
    this.#front = front
    this.#middle = middle
    this.#data = data
    this.decodePayload()
  }

  /** Writes what the message knows of its header; seq, source and a missing priority are the session's to fill. */
  fillHeader(header: MessageHeader): void {
    header.tidLow = this.#tidLow
    header.tidHigh = this.#tidHigh
    header.type = this.type
    header.priority = this.priority
    header.version = this.version
    // An encoder that leaves 0 means: whoever knows this version.
    header.compatVersion = this.compatVersion === 0 ? this.version : this.compatVersion
    header.frontLength = this.frontLength
    header.middleLength = this.middleLength
    header.dataLength = this.dataLength
    header.dataOffset = this.dataOffset
  }

  toString(): string {
    const { type, seq, frontLength, middleLength, dataLength } = this
    return `${this.constructor.name}(type ${type}, seq ${seq}, ${frontLength}+${middleLength}+${dataLength} bytes)`
  }
}
