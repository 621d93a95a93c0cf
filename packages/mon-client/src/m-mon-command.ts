import { BufferEncoder, BufferList, string, Uuid, uuid, vectorOf } from '@msgr/bufferlist'
import { Message } from '@msgr/message'
import { readPaxosPrefix, writePaxosPrefix } from './paxos-prefix.ts'

/** What an MMonCommand says. */
export interface MMonCommandFields {
  /** The cluster that is meant; a monitor of another one refuses. */
  readonly fsid: Uuid
  /** One JSON object, as text: `{"prefix":"status","format":"json"}`. Old clients sent words. */
  readonly cmd: readonly string[]
  /** What the command takes besides its arguments, such as a map or a keyring. */
  readonly input: Uint8Array
}

const NOTHING: MMonCommandFields = { fsid: Uuid.zero(), cmd: [], input: new Uint8Array(0) }
const words = vectorOf(string)

/** A command for the monitors: prefix, fsid, list of strings; the data is the input. Ceph: src/messages/MMonCommand.h */
export class MMonCommand extends Message {
  static readonly type = 50
  static readonly headVersion = 1
  static readonly compatVersion = 1

  fields: MMonCommandFields

  constructor(fields: Partial<MMonCommandFields> = {}) {
    super(MMonCommand)
    this.fields = { ...NOTHING, ...fields }
  }

  protected override encodePayload(): void {
    const { fsid, cmd, input } = this.fields
    const encoder = new BufferEncoder()
    writePaxosPrefix(encoder)
    uuid.encode(encoder, fsid)
    words.encode(encoder, cmd)
    this.front = encoder.toBufferList()
    this.data = new BufferList(input)
  }

  protected override decodePayload(): void {
    const cursor = this.front.cursor()
    readPaxosPrefix(cursor)
    const fsid = uuid.decode(cursor)
    this.fields = { fsid, cmd: words.decode(cursor), input: this.data.toContiguous() }
  }
}
