import { BufferEncoder, BufferList } from '@msgr/bufferlist'
import { Message, Priority } from '@msgr/message'

/** What the tests send: a number of its own, and data that follows from it, so that any damage shows. */
export class Note extends Message {
  static readonly type = 300
  static readonly headVersion = 1
  static readonly compatVersion = 1
  id = 0

  constructor() {
    super(Note)
  }

  /** With at most 63 KiB of data. */
  static of(id: number, options: { dataLength?: number; priority?: number } = {}): Note {
    const note = new Note()
    note.id = id
    note.priority = options.priority ?? Priority.default
    if (options.dataLength !== undefined) note.data = new BufferList(dataOf(id, options.dataLength))
    return note
  }

  /** True if every byte of the data is what it was when it was sent. */
  get isIntact(): boolean {
    return this.data.equals(new BufferList(dataOf(this.id, this.data.length)))
  }

  protected override encodePayload(): void {
    this.front = new BufferEncoder().writeUInt32LE(this.id).toBufferList()
  }

  protected override decodePayload(): void {
    this.id = this.front.cursor().readUInt32LE()
  }
}

const PATTERN = Uint8Array.from({ length: 64 * 1024 }, (_, i) => (i * 7 + (i >> 8)) & 0xff)

/** Any run of the pattern: its start follows from the number. */
function dataOf(id: number, length: number): Uint8Array {
  const start = (id * 31) % 1024
  return PATTERN.slice(start, start + length)
}
