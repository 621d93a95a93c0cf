import { BufferList } from '@msgr/bufferlist'
import { describe, expect, it } from 'vitest'
import { Message, MessageHeader, MessageRegistry, MPing, type MessageClass } from '../src/index.ts'

/** A class of messages that holds a number, and knows layouts up to 3. */
class MNumber extends Message {
  static readonly type: number = 1000
  static readonly headVersion: number = 3
  static readonly compatVersion: number = 2
  value = 0

  constructor() {
    super(MNumber)
  }

  protected override encodePayload(): void {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, this.value, true)
    this.front = new BufferList(bytes)
  }

  protected override decodePayload(): void {
    this.value = this.front.cursor().readUInt32LE()
  }
}

function headerOf(fields: Partial<MessageHeader>): MessageHeader {
  return Object.assign(new MessageHeader(), fields)
}

function withNumbers(numbers: object): MessageClass {
  return Object.assign(class MOther extends MPing {}, numbers)
}

function refusal(code: string, type: unknown): unknown {
  return expect.objectContaining({ name: 'MessageError', code, type }) as unknown
}

describe('MessageRegistry, filled', () => {
  it('knows MPing from the start, and what it is given', () => {
    const registry = new MessageRegistry([MNumber])
    expect(registry.has(MPing.type)).toBe(true)
    expect(registry.has(MNumber.type)).toBe(true)
    expect(registry.has(70)).toBe(false)
    expect(new MessageRegistry().has(MNumber.type)).toBe(false)
  })

  it('lists all classes, by their types', () => {
    const registry = new MessageRegistry([withNumbers({ type: 0x300 }), MNumber])
    expect(registry.classes.map(({ type }) => type)).toEqual([MPing.type, 0x300, MNumber.type])
  })

  it('takes classes later too, and one class more than once', () => {
    const registry = new MessageRegistry()
    expect(registry.register(MNumber).register(MNumber).register(MPing)).toBe(registry)
    expect(registry.has(MNumber.type)).toBe(true)
  })

  it.each([0, 1, 0x100, 0xffff])('takes the type %d', (type) => {
    const registry = new MessageRegistry([withNumbers({ type })])
    expect(registry.has(type)).toBe(true)
    expect(registry.decode(headerOf({ type }), undefined, undefined, undefined)).toBeInstanceOf(MPing)
  })

  it('tells apart types of which one byte is the same', () => {
    const registry = new MessageRegistry([withNumbers({ type: 0x0102 }), withNumbers({ type: 0x0201 })])
    expect([0x0002, 0x0102, 0x0201].map((type) => registry.has(type))).toEqual([true, true, true])
    expect([0x0001, 0x0100, 0x0101, 0x0202, 0x0200].some((type) => registry.has(type))).toBe(false)
  })

  it('refuses a second class of the same type, and keeps the first', () => {
    const registry = new MessageRegistry([MNumber])
    expect(() => registry.register(withNumbers({ type: 1000 }))).toThrow(
      'message type 1000: MNumber has it, MOther cannot have it too',
    )
    expect(() => new MessageRegistry([withNumbers({})])).toThrow(refusal('ERR_MSGR_MESSAGE_CLASS', 2))
    const message = registry.decode(headerOf({ type: 1000 }), new BufferList(new Uint8Array(4)), undefined, undefined)
    expect(message).toBeInstanceOf(MNumber)
  })

  it.each([
    ['a type above 65535', { type: 0x10000 }],
    ['a negative type', { type: -1 }],
    ['a type that is no integer', { type: 1.5 }],
    ['no type', { type: undefined }],
    ['a version above 65535', { type: 9, headVersion: 0x10000 }],
    ['no version', { type: 9, headVersion: undefined }],
    ['a compat version above its version', { type: 9, headVersion: 2, compatVersion: 3 }],
    ['a negative compat version', { type: 9, compatVersion: -1 }],
  ])('refuses a class with %s', (_, numbers) => {
    const registry = new MessageRegistry()
    expect(() => registry.register(withNumbers(numbers))).toThrow(refusal('ERR_MSGR_MESSAGE_CLASS', numbers.type))
  })

  it('says which number of a class is wrong', () => {
    expect(() => new MessageRegistry([withNumbers({ type: 9, headVersion: 2, compatVersion: 3 })])).toThrow(
      'MOther.compatVersion: expected an integer from 0 to 2, got 3',
    )
  })
})

describe('MessageRegistry.decode', () => {
  it('makes a message of its header and its parts', () => {
    const [front, middle, data] = ['\x05\0\0\0', 'middle', 'data'].map((text) => new BufferList(Buffer.from(text)))
    const header = headerOf({
      type: 1000,
      seq: 7,
      tidLow: 1,
      tidHigh: 2,
      priority: 63,
      version: 2,
      compatVersion: 1,
      dataOffset: 4095,
    })
    const message = new MessageRegistry([MNumber]).decode(header, front, middle, data)
    expect(message).toBeInstanceOf(MNumber)
    expect(message).toMatchObject({ type: 1000, seq: 7, priority: 63, version: 2, compatVersion: 1, dataOffset: 4095 })
    expect(message).toHaveProperty('value', 5)
    expect(message.tid).toBe(0x2_0000_0001n)
    expect([message.front, message.middle, message.data]).toEqual([front, middle, data])
    expect(message.source).toBeUndefined()
    expect(message.connection).toBeUndefined()
  })

  it('makes a new message each time, and keeps nothing of the header', () => {
    const registry = new MessageRegistry()
    const header = headerOf({ type: 2, seq: 1 })
    const first = registry.decode(header, undefined, undefined, undefined)
    header.seq = 2
    const second = registry.decode(header, undefined, undefined, undefined)
    expect([first.seq, second.seq]).toEqual([1, 2])
    expect(first.frontLength + first.middleLength + first.dataLength).toBe(0)
  })

  it('refuses a type that no class has', () => {
    const registry = new MessageRegistry()
    const decode = (): unknown => registry.decode(headerOf({ type: 70 }), undefined, undefined, undefined)
    expect(decode).toThrow(refusal('ERR_MSGR_UNKNOWN_TYPE', 70))
    expect(decode).toThrow('message type 70: no class is registered for it')
  })

  it('takes a layout that is newer but compatible, and refuses one that is not', () => {
    const registry = new MessageRegistry([MNumber])
    const decode = (version: number, compatVersion: number): Message =>
      registry.decode(
        headerOf({ type: 1000, version, compatVersion }),
        new BufferList(new Uint8Array(9)),
        undefined,
        undefined,
      )
    expect(decode(9, 3).version).toBe(9)
    expect(decode(9, 0).compatVersion).toBe(0)
    expect(() => decode(9, 4)).toThrow(refusal('ERR_MSGR_INCOMPATIBLE', 1000))
    expect(() => decode(4, 4)).toThrow('message type 1000: expected compat version 3 or older, got 4')
  })

  it('takes any layout for a class that says nothing of its own', () => {
    const registry = new MessageRegistry([withNumbers({ type: 9, headVersion: 0, compatVersion: 0 })])
    const header = headerOf({ type: 9, version: 5, compatVersion: 5 })
    expect(registry.decode(header, undefined, undefined, undefined).compatVersion).toBe(5)
  })

  it('tells why a payload made no sense', () => {
    const registry = new MessageRegistry([MNumber])
    const decode = (): unknown =>
      registry.decode(headerOf({ type: 1000 }), new BufferList(new Uint8Array(3)), undefined, undefined)
    expect(decode).toThrow(refusal('ERR_MSGR_DECODE', 1000))
    expect(decode).toThrow(
      expect.objectContaining({
        message: 'message type 1000: expected 4 more bytes, got 3',
        cause: expect.objectContaining({ code: 'ERR_BUFFERLIST_END_OF_BUFFER' }) as unknown,
      }),
    )
  })

  it('survives a class that throws something else than an error', () => {
    class MThrows extends MPing {
      protected override decodePayload(): void {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- what is tested
        throw 'no error at all'
      }
    }
    const registry = new MessageRegistry([Object.assign(MThrows, { type: 9 })])
    const decode = (): unknown => registry.decode(headerOf({ type: 9 }), undefined, undefined, undefined)
    expect(decode).toThrow(
      expect.objectContaining({
        code: 'ERR_MSGR_DECODE',
        message: 'message type 9: no error at all',
        cause: 'no error at all',
      }),
    )
  })
})
