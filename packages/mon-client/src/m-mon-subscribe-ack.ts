import { BufferEncoder, Uuid, uuid } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/**
 * Answers MMonSubscribe of a peer that has to renew its subscriptions: interval u32, fsid. Peers with
 * `Feature.monStatefulSub` are not sent one. Ceph: src/messages/MMonSubscribeAck.h
 */
export class MMonSubscribeAck extends Message {
  static readonly type = 16
  static readonly headVersion = 1
  static readonly compatVersion = 1

  intervalSeconds: number
  fsid: Uuid

  constructor(intervalSeconds = 0, fsid: Uuid = Uuid.zero()) {
    super(MMonSubscribeAck)
    this.intervalSeconds = intervalSeconds
    this.fsid = fsid
  }

  protected override encodePayload(): void {
    const encoder = new BufferEncoder().writeUInt32LE(this.intervalSeconds)
    uuid.encode(encoder, this.fsid)
    this.front = encoder.toBufferList()
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    this.intervalSeconds = cursor.readUInt32LE()
    this.fsid = uuid.decode(cursor)
  }
}
