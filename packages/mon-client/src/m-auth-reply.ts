import { BufferEncoder } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/** What an MAuthReply says. */
export interface MAuthReplyFields {
  /** The method that the monitor has chosen: one of `AuthMethod`. u32. */
  readonly protocol: number
  /** 0, or a negated Linux errno. */
  readonly result: number
  /** The client's number in the cluster; 0 before the end of a login. */
  readonly globalId: bigint
  readonly payload: Uint8Array
  /** What is wrong, in words, if anything is. */
  readonly text: string
}

const NOTHING: MAuthReplyFields = { protocol: 0, result: 0, globalId: 0n, payload: new Uint8Array(0), text: '' }

/**
 * Answers MAuth: protocol u32, result s32, global id u64, payload blob, text string. Ceph: src/messages/MAuthReply.h
 */
export class MAuthReply extends Message {
  static readonly type = 18
  static readonly headVersion = 1
  static readonly compatVersion = 1

  fields: MAuthReplyFields

  constructor(fields: Partial<MAuthReplyFields> = {}) {
    super(MAuthReply)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(): void {
    const { protocol, result, globalId, payload, text } = this.fields
    const encoder = new BufferEncoder().writeUInt32LE(protocol).writeInt32LE(result).writeBigUInt64LE(globalId)
    this.front = encoder.writeSizedBytes(payload).writeString(text).toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    this.fields = {
      protocol: cursor.readUInt32LE(),
      result: cursor.readInt32LE(),
      globalId: cursor.readBigUInt64LE(),
      payload: cursor.readSizedBytes(),
      text: cursor.readString(),
    }
  }
}
