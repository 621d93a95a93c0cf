import { BufferEncoder } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/** The map of monitors, in answer to MMonGetMap or to a subscription. Ceph: src/messages/MMonMap.h */
export class MMonMap extends Message {
  static readonly type = 4
  static readonly headVersion = 1
  static readonly compatVersion = 1

  /** What `MonMap.decode` reads. In a received message a view of what the socket read. */
  monMapBytes: Uint8Array

  constructor(monMapBytes: Uint8Array = new Uint8Array(0)) {
    super(MMonMap)
    this.monMapBytes = monMapBytes
  }

  protected override encodePayload(): void {
    this.front = new BufferEncoder().writeSizedBytes(this.monMapBytes).toBufferList()
  }

  protected override decodePayload(): void {
    this.monMapBytes = this.front.cursor().readSizedBytes()
  }
}
