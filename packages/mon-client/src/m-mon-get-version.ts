import { BufferEncoder } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/** Asks for the newest version of a map: handle u64, string name. Ceph: src/messages/MMonGetVersion.h */
export class MMonGetVersion extends Message {
  static readonly type = 19
  static readonly headVersion = 1
  static readonly compatVersion = 1

  /** Comes back in the answer. */
  handle: bigint
  /** The map: `'osdmap'`, `'monmap'`, `'mdsmap'`, … */
  what: string

  constructor(handle = 0n, what = '') {
    super(MMonGetVersion)
    this.handle = handle
    this.what = what
  }

  protected override encodePayload(): void {
    this.front = new BufferEncoder().writeBigUInt64LE(this.handle).writeString(this.what).toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    this.handle = cursor.readBigUInt64LE()
    this.what = cursor.readString()
  }
}
