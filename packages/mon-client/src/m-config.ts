import { BufferEncoder, mapOf, string } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

const pairs = mapOf(string, string)

/** The options that the cluster keeps for who subscribed to `config`: map of strings. Ceph: src/messages/MConfig.h */
export class MConfig extends Message {
  static readonly type = 62
  static readonly headVersion = 1
  static readonly compatVersion = 1

  /** All of them, each time. */
  config: ReadonlyMap<string, string>

  constructor(config: ReadonlyMap<string, string> = new Map()) {
    super(MConfig)
    this.config = config
  }

  protected override encodePayload(): void {
    const encoder = new BufferEncoder()
    pairs.encode(encoder, this.config)
    this.front = encoder.toBufferList()
  }

  protected override decodePayload(): void {
    this.config = pairs.decode(this.front.cursor())
  }
}
