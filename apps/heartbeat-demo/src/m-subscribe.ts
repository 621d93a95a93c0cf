import { BufferEncoder } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/**
 * Asks the monitor for its map, if it is of epoch `start` or newer, and for each one that follows. It stands in for
 * Ceph's MMonSubscribe.
 */
export class MSubscribe extends Message {
  static readonly type = 0x7f03
  static readonly headVersion = 1
  static readonly compatVersion = 1

  /** u32. */
  start: number

  constructor(start = 0) {
    super(MSubscribe)
    this.start = start
  }

  protected override encodePayload(): void {
    this.front = new BufferEncoder().writeUInt32LE(this.start).toBufferList()
  }

  protected override decodePayload(): void {
    this.start = this.front.cursor().readUInt32LE()
  }
}
