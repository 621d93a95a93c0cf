import { BufferEncoder, BufferList } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/** What an MCommandReply says. */
export interface MCommandReplyFields {
  /** 0, or what the command gives as a number; if it failed, a negated Linux errno. */
  readonly result: number
  /** What a person is to be told. */
  readonly status: string
  /** What the command prints. */
  readonly output: Uint8Array
}

const NOTHING: MCommandReplyFields = { result: 0, status: '', output: new Uint8Array(0) }

/** Answers MCommand of the same tid: result s32, status string; the data is the output. Ceph: src/messages/MCommandReply.h */
export class MCommandReply extends Message {
  static readonly type = 98
  static readonly headVersion = 1
  static readonly compatVersion = 1

  fields: MCommandReplyFields

  constructor(fields: Partial<MCommandReplyFields> = {}) {
    super(MCommandReply)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(): void {
    const { result, status, output } = this.fields
    this.front = new BufferEncoder().writeInt32LE(result).writeString(status).toBufferList()
    this.data = new BufferList(output)
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    const result = cursor.readInt32LE()
    this.fields = { result, status: cursor.readString(), output: this.data.toContiguous() }
  }
}
