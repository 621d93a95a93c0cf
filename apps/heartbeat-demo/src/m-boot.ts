import { BufferEncoder } from '@msgr/bufferlist'
import { EntityAddr, entityAddrCodec, Feature, Message } from '@msgr/message'

/**
 * An OSD tells the monitor that it is there, and where it can be pinged; who it is says the message's source. It stands
 * in for Ceph's MOSDBoot, whose many other fields have nothing to do with heartbeats.
 */
export class MBoot extends Message {
  static readonly type = 0x7f01
  static readonly headVersion = 1
  static readonly compatVersion = 1

  hbFront: EntityAddr
  hbBack: EntityAddr

  constructor(front: EntityAddr = EntityAddr.none, back: EntityAddr = EntityAddr.none) {
    super(MBoot)
    this.hbFront = front
    this.hbBack = back
  }

  protected override encodePayload(): void {
    const encoder = new BufferEncoder()
    entityAddrCodec.encode(encoder, this.hbFront, Feature.msgAddr2)
    entityAddrCodec.encode(encoder, this.hbBack, Feature.msgAddr2)
    this.front = encoder.toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    this.hbFront = entityAddrCodec.decode(cursor)
    this.hbBack = entityAddrCodec.decode(cursor)
  }
}
