import { BufferEncoder } from '@msgr/bufferlist'
import { Message } from '@msgr/message'
import { mgrMapCodec, NO_MGR_MAP, type MgrMap } from './mgr-map.ts'

/** The map of managers, to who subscribed to it. Ceph: src/messages/MMgrMap.h */
export class MMgrMap extends Message {
  static readonly type = 0x704
  static readonly headVersion = 1
  static readonly compatVersion = 1

  map: MgrMap

  constructor(map: MgrMap = NO_MGR_MAP) {
    super(MMgrMap)
    this.map = map
  }

  protected override encodePayload(features: bigint): void {
    const encoder = new BufferEncoder()
    mgrMapCodec.encode(encoder, this.map, features)
    this.front = encoder.toBufferList()
  }

  protected override decodePayload(): void {
    this.map = mgrMapCodec.decode(this.front.cursor())
  }
}
