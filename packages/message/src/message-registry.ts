import { type BufferList } from '@msgr/bufferlist'
import { MessageError } from './errors.ts'
import { MPing } from './m-ping.ts'
import { type MessageHeader } from './message-header.ts'
import { type Message, type MessageClass } from './message.ts'

/**
 * Which class reads which message type. A messenger refuses types that are not registered, by closing the
 * connection they came on. `MPing` is always there. Ceph: src/msg/Message.cc, decode_message
 */
export class MessageRegistry {
  // By the high byte of the type, then by the low one. Asked once for every message: two small arrays cost less than a
  // Map, and than one array, which a single large type would turn into a hash table.
  readonly #pages: ((MessageClass | undefined)[] | undefined)[] = []

  constructor(classes: Iterable<MessageClass> = []) {
    this.register(MPing)
    for (const messageClass of classes) this.register(messageClass)
  }

  /**
   * Adds a class; adding it again changes nothing. Throws `MessageError` if another class has its type, or if its type
   * or versions are none.
   */
  register(messageClass: MessageClass): this {
    const { name, type, headVersion, compatVersion } = messageClass
    checkNumber(messageClass, 'type', type, 0xffff)
    checkNumber(messageClass, 'headVersion', headVersion, 0xffff)
    checkNumber(messageClass, 'compatVersion', compatVersion, headVersion)
    const held = this.#find(type)
    if (held !== undefined && held !== messageClass) {
      const text = `message type ${type}: ${held.name} has it, ${name} cannot have it too`
      throw new MessageError('ERR_MSGR_MESSAGE_CLASS', type, text)
    }
    const page = (this.#pages[type >>> 8] ??= [])
    page[type & 0xff] = messageClass
    return this
  }

  /** All that are registered, by their types. */
  get classes(): readonly MessageClass[] {
    return this.#pages.flatMap((page) => (page ?? []).filter((messageClass) => messageClass !== undefined))
  }

  has(type: number): boolean {
    return this.#find(type) !== undefined
  }

  /**
   * Makes a message of its parts, taking over the lists. Throws `MessageError` for an unknown type, for a layout
   * newer than the class can read, and for a payload that makes no sense.
   */
  decode(
    header: MessageHeader,
    front: BufferList | undefined,
    middle: BufferList | undefined,
    data: BufferList | undefined,
  ): Message {
    const { type, compatVersion } = header
    const messageClass = this.#find(type)
    if (messageClass === undefined) {
      throw new MessageError('ERR_MSGR_UNKNOWN_TYPE', type, `message type ${type}: no class is registered for it`)
    }
    const { headVersion } = messageClass
    if (headVersion !== 0 && headVersion < compatVersion) {
      const text = `message type ${type}: expected compat version ${headVersion} or older, got ${compatVersion}`
      throw new MessageError('ERR_MSGR_INCOMPATIBLE', type, text)
    }
    const message = new messageClass()
    try {
      message.decode(header, front, middle, data)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new MessageError('ERR_MSGR_DECODE', type, `message type ${type}: ${reason}`, cause)
    }
    return message
  }

  #find(type: number): MessageClass | undefined {
    return this.#pages[type >>> 8]?.[type & 0xff]
  }
}

function checkNumber({ name, type }: MessageClass, field: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return
  const text = `${name}.${field}: expected an integer from 0 to ${max}, got ${value}`
  throw new MessageError('ERR_MSGR_MESSAGE_CLASS', type, text)
}
