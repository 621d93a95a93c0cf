import { BufferList } from '@msgr/bufferlist'
import { MessageHeader, MessageRegistry, type Message, type MessageClass } from '@msgr/message'

/** The message that has this front. */
export function readFront<M extends Message>(messageClass: MessageClass<M>, front: Uint8Array): M {
  const header = new MessageHeader()
  header.type = messageClass.type
  header.version = messageClass.headVersion
  header.compatVersion = messageClass.compatVersion
  const message = new MessageRegistry([messageClass]).decode(header, new BufferList(front), undefined, undefined)
  if (message instanceof messageClass) return message
  throw new Error(`expected a ${messageClass.name}, got ${message.toString()}`)
}
