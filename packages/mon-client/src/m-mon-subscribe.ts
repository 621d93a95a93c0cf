import { BufferEncoder, mapOf, string, type Codec } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/** What one asks to be told of. */
export interface SubscriptionRequest {
  /** The first version wanted: the one after that which one has, or 0 for the newest. */
  readonly start: number
  /** Only once, instead of each time there is a new one. */
  readonly isOneTime: boolean
}

const ONE_TIME = 1

const requestCodec: Codec<SubscriptionRequest> = {
  minLength: 9,
  encode: (encoder, { start, isOneTime }) => {
    encoder.writeSafeUInt64LE(start).writeUInt8(isOneTime ? ONE_TIME : 0)
  },
  decode: (cursor) => {
    const start = cursor.readSafeUInt64LE()
    return { start, isOneTime: (cursor.readUInt8() & ONE_TIME) !== 0 }
  },
}

const requestsCodec = mapOf(string, requestCodec)

/**
 * Asks a monitor to tell of changes: map of string name (`'monmap'`, `'osdmap'`, …) to start u64 and flags u8; since
 * version 3, string host name. Ceph: src/messages/MMonSubscribe.h
 */
export class MMonSubscribe extends Message {
  static readonly type = 15
  static readonly headVersion = 3
  static readonly compatVersion = 1

  requests: ReadonlyMap<string, SubscriptionRequest>
  /** Where the asker runs, for the monitor's log. */
  hostname: string

  constructor(requests: ReadonlyMap<string, SubscriptionRequest> = new Map(), hostname = '') {
    super(MMonSubscribe)
    this.requests = requests
    this.hostname = hostname
  }

  protected override encodePayload(): void {
    const encoder = new BufferEncoder()
    requestsCodec.encode(encoder, this.requests)
    this.front = encoder.writeString(this.hostname).toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    this.requests = requestsCodec.decode(cursor)
    this.hostname = this.version >= 3 ? cursor.readString() : ''
  }
}
