import { BufferEncoder, BufferList, string, Uuid, uuid, vectorOf } from '@msgr/bufferlist'
import { Message } from '@msgr/message'

/** What an MCommand says. */
export interface MCommandFields {
  /** The cluster that is meant; a daemon of another one passes the command over. */
  readonly fsid: Uuid
  /** One JSON object, as text: `{"prefix":"version"}`. */
  readonly cmd: readonly string[]
  readonly input: Uint8Array
}

const NOTHING: MCommandFields = { fsid: Uuid.zero(), cmd: [], input: new Uint8Array(0) }
const words = vectorOf(string)

/** A command for an OSD, an MDS or a manager: fsid, list of strings; the data is the input. Ceph: src/messages/MCommand.h */
export class MCommand extends Message {
  static readonly type = 97
  static readonly headVersion = 1
  static readonly compatVersion = 1

  fields: MCommandFields

  constructor(fields: Partial<MCommandFields> = {}) {
    super(MCommand)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(): void {
    const { fsid, cmd, input } = this.fields
    const encoder = new BufferEncoder()
    uuid.encode(encoder, fsid)
    words.encode(encoder, cmd)
    this.front = encoder.toBufferList()
    this.data = new BufferList(input)
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    const fsid = uuid.decode(cursor)
    this.fields = { fsid, cmd: words.decode(cursor), input: this.data.toContiguous() }
  }
}
