import { BufferEncoder } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/** What an MMonGetVersionReply says. */
export interface MMonGetVersionReplyFields {
  /** That of the request. */
  readonly handle: bigint
  readonly version: number
  /** The oldest version that the monitors still have; 0 in version 1 of the message. */
  readonly oldestVersion: number
}

const NOTHING: MMonGetVersionReplyFields = { handle: 0n, version: 0, oldestVersion: 0 }

/**
 * Answers MMonGetVersion: handle u64, version u64; since version 2, oldest version u64.
 * Ceph: src/messages/MMonGetVersionReply.h
 */
export class MMonGetVersionReply extends Message {
  static readonly type = 20
  static readonly headVersion = 2
  static readonly compatVersion = 2

  fields: MMonGetVersionReplyFields

  constructor(fields: Partial<MMonGetVersionReplyFields> = {}) {
    super(MMonGetVersionReply)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(): void {
    const { handle, version, oldestVersion } = this.fields
    const encoder = new BufferEncoder().writeBigUInt64LE(handle)
    this.front = encoder.writeSafeUInt64LE(version).writeSafeUInt64LE(oldestVersion).toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    const handle = cursor.readBigUInt64LE()
    const version = cursor.readSafeUInt64LE()
    this.fields = { handle, version, oldestVersion: this.version >= 2 ? cursor.readSafeUInt64LE() : 0 }
  }
}
