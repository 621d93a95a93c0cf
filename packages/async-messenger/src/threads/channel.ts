import type { MessagePort } from 'node:worker_threads'
import { BufferList } from '@msgr/bufferlist'
import { MessageHeader, type Message } from '@msgr/message'
import { allocateUncleared, BodyPool, Fifo } from '@msgr/messenger-core'
import { readProgress, writeProgress, PROGRESS_SIZE, type Progress } from './progress.ts'
import { RawMessage } from './raw-message.ts'
import { RecordRing } from './record-ring.ts'
import { PortReader, SlabWriter } from './shared-slabs.ts'

/** How large each of the two rings between a worker and its messenger is. */
const RING_CAPACITY = 256 * 1024
/** From this size on a part of a message crosses in a slab, and only the place of it in the ring. */
const SLAB_FROM = 4096
/** So many records wake the other end at once; fewer only when the turn ends in which they were written. */
const WORTH_A_WAKE_UP = 8
/** How many records are read before others have their turn. */
const RECORDS_PER_TURN = 1024

// A record:   0 kind u32   4 handle u32   8 what the kind says
const CONTROL = 1
const MESSAGE = 2
const PROGRESS = 3
// A message:   8 header 53   64 received at f64   72 front, middle, data: slab u32, offset u32 each   96 what is in no slab
const HEADER_AT = 8
const RECEIVED_AT = 64
const PARTS_AT = 72
const INLINE_AT = 96
/** In the place of the number of a slab: the part follows in the record. */
const INLINE = 0

/** What both ends of a channel are made from. Crosses to the other thread as it is. */
export interface ChannelMemory {
  readonly toThread: SharedArrayBuffer
  readonly fromThread: SharedArrayBuffer
}

/** Who gets what comes through a channel. `handle`: the connection that it is about. */
export interface ChannelOwner<Incoming> {
  onControl(handle: number, control: Incoming): void
  /** The header's object is read into again; the lists are the receiver's. */
  onMessage(handle: number, header: MessageHeader, parts: MessageParts, receivedAtMs: number): void
  onProgress(handle: number, progress: Progress): void
  /** All that waited for room has been written. */
  onFlushed(): void
}

export interface MessageParts {
  readonly front: BufferList | undefined
  readonly middle: BufferList | undefined
  readonly data: BufferList | undefined
}

type Waiting<Outgoing> =
  | { readonly handle: number; readonly control: Outgoing; readonly message?: undefined }
  | { readonly handle: number; readonly message: Message; readonly control?: undefined }

/**
 * One end of what lies between a worker's thread and its messenger's: a ring of records each way, and a port for what
 * is too large or too seldom for a ring. Records keep their order, whatever they are; those for which the ring has no
 * room wait, and go before all that come after them.
 */
export class Channel<Outgoing, Incoming> {
  readonly #out: RecordRing
  readonly #in: RecordRing
  readonly #port: MessagePort
  readonly #writer: SlabWriter
  readonly #reader: PortReader
  readonly #wakeOther: () => void
  readonly #atEndOfTurn: ((announce: () => void) => void) | undefined
  readonly #header = new MessageHeader()
  readonly #bodies = new BodyPool(allocateUncleared)
  readonly #waiting = new Fifo<Waiting<Outgoing>>()
  /** Records that the other end sleeps over. */
  #unannouncedCount = 0

  static allocate(): ChannelMemory {
    return { toThread: RecordRing.allocate(RING_CAPACITY), fromThread: RecordRing.allocate(RING_CAPACITY) }
  }

  /**
   * `wakeOther` ends the wait of the other end. `atEndOfTurn` calls `announce` at the end of this turn; without it,
   * whoever runs the channel does so at the end of each. The port is the channel's own.
   */
  constructor(
    out: SharedArrayBuffer,
    into: SharedArrayBuffer,
    port: MessagePort,
    wakeOther: () => void,
    atEndOfTurn?: (announce: () => void) => void,
  ) {
    this.#out = new RecordRing(out)
    this.#in = new RecordRing(into)
    this.#port = port
    this.#writer = new SlabWriter(port)
    this.#reader = new PortReader(port)
    this.#wakeOther = wakeOther
    this.#atEndOfTurn = atEndOfTurn
  }

  /** Records wait for room. */
  get isCongested(): boolean {
    return this.#waiting.length > 0
  }

  /** Memory that the other end can read what lies in without a copy. */
  takeMemory(length: number): Uint8Array {
    return this.#writer.take(length)
  }

  /** `control` is cloned as `postMessage` does. One that cannot be is the caller's error, a DataCloneError: nothing is sent. */
  sendControl(handle: number, control: Outgoing): void {
    if (!this.isCongested && this.#writeControl(handle, control)) return
    // Cloned now, as it may change while it waits; and what turned out later to be impossible would be in the way for ever.
    this.#waiting.push({ handle, control: structuredClone(control) })
  }

  /** An encoded message, which must not change any more. */
  sendMessage(handle: number, message: Message): void {
    if (!this.isCongested && this.#writeMessage(handle, message)) return
    this.#waiting.push({ handle, message: this.#snapshotOf(message) })
  }

  /** Says nothing if there is no room: what it would say is soon out of date. */
  sendProgress(handle: number, progress: Progress): boolean {
    if (this.isCongested) return false
    const at = this.#reserve(PROGRESS, handle, PROGRESS_SIZE)
    if (at < 0) return false
    writeProgress(progress, this.#out.view, at)
    this.#publish()
    return true
  }

  /** Hands `owner` what has come, up to a limit, and writes what waited for room. True if there may be more. */
  process(owner: ChannelOwner<Incoming>): boolean {
    const hasMore = this.#receive(owner)
    if (this.isCongested && this.#flush()) owner.onFlushed()
    return hasMore
  }

  /** True: nothing has come, and the other end will wake this one. False: something has. */
  fallAsleep(): boolean {
    return this.#in.fallAsleep()
  }

  wakeUp(): void {
    this.#in.wakeUp()
  }

  /** Wakes the other end if it sleeps over what was written. */
  readonly announce = (): void => {
    if (this.#unannouncedCount === 0) return
    this.#unannouncedCount = 0
    this.#wakeOther()
  }

  close(): void {
    this.announce()
    this.#port.close()
  }

  #receive(owner: ChannelOwner<Incoming>): boolean {
    const ring = this.#in
    for (let count = 0; count < RECORDS_PER_TURN; count++) {
      const at = ring.peek()
      if (at < 0) return false
      try {
        this.#handOver(owner, at)
      } finally {
        if (ring.release()) this.#wakeOther()
      }
    }
    return true
  }

  #handOver(owner: ChannelOwner<Incoming>, at: number): void {
    const { view } = this.#in
    const kind = view.getUint32(at, true)
    const handle = view.getUint32(at + 4, true)
    if (kind === MESSAGE) this.#readMessage(owner, handle, at)
    else if (kind === PROGRESS) owner.onProgress(handle, readProgress(view, at))
    else owner.onControl(handle, this.#reader.next() as Incoming)
  }

  #readMessage(owner: ChannelOwner<Incoming>, handle: number, at: number): void {
    const { view } = this.#in
    const header = this.#header
    header.read(view, at + HEADER_AT)
    const { frontLength, middleLength, dataLength } = header
    const receivedAtMs = view.getFloat64(at + RECEIVED_AT, true)
    const front = this.#readPart(at, 0, frontLength, at + INLINE_AT)
    const middleAt = at + INLINE_AT + inlineLength(frontLength)
    const middle = this.#readPart(at, 1, middleLength, middleAt)
    const data = this.#readPart(at, 2, dataLength, middleAt + inlineLength(middleLength))
    owner.onMessage(handle, header, { front, middle, data }, receivedAtMs)
  }

  #readPart(at: number, index: number, length: number, inlineAt: number): BufferList | undefined {
    if (length === 0) return undefined
    const { view, bytes } = this.#in
    const placeAt = at + PARTS_AT + 8 * index
    const slab = view.getUint32(placeAt, true)
    if (slab !== INLINE) return new BufferList(this.#reader.bytesAt(slab, view.getUint32(placeAt + 4, true), length))
    return new BufferList(this.#bodies.copy(bytes.subarray(inlineAt, inlineAt + length)))
  }

  #writeControl(handle: number, control: Outgoing): boolean {
    if (this.#reserve(CONTROL, handle, 8) < 0) return false
    this.#port.postMessage(control)
    this.#publish()
    return true
  }

  #writeMessage(handle: number, message: Message): boolean {
    const { frontLength, middleLength, dataLength } = message
    const inline = inlineLength(frontLength) + inlineLength(middleLength) + inlineLength(dataLength)
    const at = this.#reserve(MESSAGE, handle, INLINE_AT + inline)
    if (at < 0) return false
    const { view } = this.#out
    this.#fillHeader(message)
    this.#header.write(view, at + HEADER_AT)
    view.setFloat64(at + RECEIVED_AT, message.recvStampMs, true)
    let inlineAt = at + INLINE_AT
    inlineAt = this.#writePart(at, 0, frontLength === 0 ? undefined : message.front, inlineAt)
    inlineAt = this.#writePart(at, 1, middleLength === 0 ? undefined : message.middle, inlineAt)
    this.#writePart(at, 2, dataLength === 0 ? undefined : message.data, inlineAt)
    this.#publish()
    return true
  }

  #fillHeader(message: Message): void {
    const header = this.#header
    message.fillHeader(header)
    header.compatVersion = message.compatVersion
    header.seq = message.seq
    header.sourceType = message.source?.type ?? 0
    header.sourceNum = message.source?.num ?? 0
  }

  /** The message as it is now: it may be encoded anew, for another peer, while this waits. */
  #snapshotOf(message: Message): Message {
    this.#fillHeader(message)
    const snapshot = new RawMessage({ type: message.type, headVersion: 0, compatVersion: 0 })
    snapshot.decode(this.#header, message.front, message.middle, message.data)
    snapshot.source = message.source
    snapshot.recvStampMs = message.recvStampMs
    return snapshot
  }

  /** Returns where the next part goes that is in no slab. */
  #writePart(at: number, index: number, list: BufferList | undefined, inlineAt: number): number {
    if (list === undefined) return inlineAt
    const { view, bytes } = this.#out
    const placeAt = at + PARTS_AT + 8 * index
    if (list.length < SLAB_FROM) {
      view.setUint32(placeAt, INLINE, true)
      list.copyOut(0, list.length, bytes.subarray(inlineAt, inlineAt + list.length))
      return inlineAt + list.length
    }
    const { id, offset } = this.#placeOf(list)
    view.setUint32(placeAt, id, true)
    view.setUint32(placeAt + 4, offset, true)
    return inlineAt
  }

  /** In the slab where it lies already, or in one that it is copied into. */
  #placeOf(list: BufferList): { readonly id: number; readonly offset: number } {
    const whole = list.isContiguous ? list.firstChunk : undefined
    const place = whole === undefined ? undefined : this.#writer.place(whole)
    if (place !== undefined) return place
    const copied = this.#writer.take(list.length)
    list.copyOut(0, list.length, copied)
    const copyPlace = this.#writer.place(copied)
    if (copyPlace === undefined) throw new Error('memory that was taken from a slab lies in none')
    return copyPlace
  }

  /** Room for a record, with its kind and handle in place; or -1, and the other end will tell when there is room. */
  #reserve(kind: number, handle: number, length: number): number {
    let at = this.#out.reserve(length)
    if (at < 0) {
      if (this.#out.awaitRoom(length)) return -1
      at = this.#out.reserve(length)
      if (at < 0) return -1
    }
    this.#out.view.setUint32(at, kind, true)
    this.#out.view.setUint32(at + 4, handle, true)
    return at
  }

  #publish(): void {
    if (!this.#out.publish() && this.#unannouncedCount === 0) return
    this.#unannouncedCount++
    if (this.#unannouncedCount === WORTH_A_WAKE_UP) this.announce()
    else if (this.#unannouncedCount === 1) this.#atEndOfTurn?.(this.announce)
  }

  /** True if nothing waits any more. */
  #flush(): boolean {
    for (let next = this.#waiting.at(0); next !== undefined; next = this.#waiting.at(0)) {
      const { handle } = next
      const isWritten =
        next.message === undefined ? this.#writeControl(handle, next.control) : this.#writeMessage(handle, next.message)
      if (!isWritten) return false
      this.#waiting.shift()
    }
    return true
  }
}

/** Whether there is a part of it that would cross in a slab. */
export function hasLargePart({ frontLength, middleLength, dataLength }: Message): boolean {
  return Math.max(frontLength, middleLength, dataLength) >= SLAB_FROM
}

function inlineLength(length: number): number {
  return length < SLAB_FROM ? length : 0
}
