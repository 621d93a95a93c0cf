import { BufferEncoder } from '@msgr/bufferlist'
import { Message } from '@msgr/message'
import { readPaxosPrefix, writePaxosPrefix } from './paxos-prefix.ts'

/** What an MAuth says. */
export interface MAuthFields {
  /** 0 in the first message of a login over version 1 of the wire, otherwise one of `AuthMethod`. u32. */
  readonly protocol: number
  /** What the method has to say: what `@msgr/auth` gives and takes. */
  readonly payload: Uint8Array
  /** Of the map of monitors that the sender has; 0 without. u32. */
  readonly monMapEpoch: number
}

const NOTHING: MAuthFields = { protocol: 0, payload: new Uint8Array(0), monMapEpoch: 0 }

/**
 * A step of a login, or a request for tickets: prefix, protocol u32, payload blob, epoch u32.
 * Ceph: src/messages/MAuth.h
 */
export class MAuth extends Message {
  static readonly type = 17
  static readonly headVersion = 1
  static readonly compatVersion = 1

  fields: MAuthFields

  constructor(fields: Partial<MAuthFields> = {}) {
    super(MAuth)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(): void {
    const { protocol, payload, monMapEpoch } = this.fields
    const encoder = new BufferEncoder()
    writePaxosPrefix(encoder)
    this.front = encoder.writeUInt32LE(protocol).writeSizedBytes(payload).writeUInt32LE(monMapEpoch).toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    readPaxosPrefix(cursor)
    const protocol = cursor.readUInt32LE()
    const payload = cursor.readSizedBytes()
    // Clients that are older than the epoch leave it out.
    this.fields = { protocol, payload, monMapEpoch: cursor.isAtEnd ? 0 : cursor.readUInt32LE() }
  }
}
