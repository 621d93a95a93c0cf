import { BufferEncoder, BufferList, string, vectorOf } from '@msgr/bufferlist'
import { Message } from '@msgr/message'
import { readPaxosPrefix, writePaxosPrefix } from './paxos-prefix.ts'

/** What an MMonCommandAck says. */
export interface MMonCommandAckFields {
  /** Of the map that the answer is based on. */
  readonly version: number
  /** 0, or what the command gives as a number; if it failed, a negated Linux errno. */
  readonly result: number
  /** What a person is to be told. */
  readonly status: string
  /** The command that this answers. */
  readonly cmd: readonly string[]
  /** What the command prints. In a received message it may be a view of what the socket read. */
  readonly output: Uint8Array
}

const NOTHING: MMonCommandAckFields = { version: 0, result: 0, status: '', cmd: [], output: new Uint8Array(0) }
const words = vectorOf(string)

/**
 * Answers MMonCommand of the same tid: prefix with the version, result s32, status string, list of strings; the data is
 * the output. Ceph: src/messages/MMonCommandAck.h
 */
export class MMonCommandAck extends Message {
  static readonly type = 51
  static readonly headVersion = 1
  static readonly compatVersion = 1

  fields: MMonCommandAckFields

  constructor(fields: Partial<MMonCommandAckFields> = {}) {
    super(MMonCommandAck)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(): void {
    const { version, result, status, cmd, output } = this.fields
    const encoder = new BufferEncoder()
    writePaxosPrefix(encoder, version)
    encoder.writeInt32LE(result).writeString(status)
    words.encode(encoder, cmd)
    this.front = encoder.toBufferList()
    this.data = new BufferList(output)
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    const version = readPaxosPrefix(cursor)
    const result = cursor.readInt32LE()
    const status = cursor.readString()
    this.fields = { version, result, status, cmd: words.decode(cursor), output: this.data.toContiguous() }
  }
}
