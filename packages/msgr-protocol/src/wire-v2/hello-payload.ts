import { decodeEntityAddr, encodeEntityAddr, FEATURES_ALL, type EntityAddr } from '@msgr/message'
import { makePayloadCodec, type PayloadCodec } from './payload-codec.ts'

/** The first frame of both ends. */
export interface Hello {
  /** What the sender is. u8. */
  readonly entityType: number
  /** The address at which the sender sees the receiver. */
  readonly peerAddr: EntityAddr
}

/** u8 entity type, address. Ceph: src/msg/async/frames_v2.h, HelloFrame */
export const helloPayload: PayloadCodec<Hello> = makePayloadCodec<Hello>(
  'hello',
  (encoder, hello) => {
    encoder.writeUInt8(hello.entityType)
    encodeEntityAddr(encoder, hello.peerAddr, FEATURES_ALL)
  },
  (cursor) => ({ entityType: cursor.readUInt8(), peerAddr: decodeEntityAddr(cursor) }),
)
