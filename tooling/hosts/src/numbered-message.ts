import { BufferEncoder, BufferList } from '@msgr/bufferlist'
import { type EntityName, type Message, MPing } from '@msgr/messenger'

/** The message that a sender sends as its `number`th, from 0, with so many bytes of data that nobody else sends. */
export function numberedMessage(sender: EntityName, number: number, bytes: number): Message {
  const message = new MPing()
  message.front = new BufferEncoder().writeUInt32LE(number).toBufferList()
  message.data = new BufferList(dataOf(sender, number, bytes))
  return message
}

/** The number of such a message. Throws if it is not, byte for byte, what its sender sends under this number. */
export function readNumber(message: Message): number {
  const { source, data } = message
  if (source === undefined) throw new Error('a message came without a source')
  const number = message.front.cursor().readUInt32LE()
  if (!data.equals(new BufferList(dataOf(source, number, data.length)))) {
    throw new Error(`message ${number} of ${source.toString()} came with other data than it was sent with`)
  }
  return number
}

/** Xorshift, seeded with the sender and the number. */
function dataOf(sender: EntityName, number: number, bytes: number): Uint8Array {
  let state = (Math.imul(sender.num + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) | 1
  const words = new Int32Array(Math.ceil(bytes / 4))
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[i] = state
  }
  return new Uint8Array(words.buffer, 0, bytes)
}
