import { BufferList } from '@msgr/bufferlist'
import { Message, MessageHeader, MessageRegistry } from '@msgr/message'
import { expect, test } from 'vitest'
import { factsOf, RawMessage, rawClassOf } from '../../src/threads/raw-message.ts'

class Told extends Message {
  static readonly type = 4711
  static readonly headVersion = 3
  static readonly compatVersion = 2

  constructor() {
    super(Told)
  }

  protected override encodePayload(): void {
    this.front = new BufferList(Uint8Array.of(1))
  }

  protected override decodePayload(): void {
    this.front.cursor()
  }
}

function headerOf(type: number, compatVersion: number): MessageHeader {
  return Object.assign(new MessageHeader(), { type, version: 3, compatVersion, frontLength: 3, dataLength: 2 })
}

/** Whether a registry takes a message with this header, or in which words it does not. */
function verdict(registry: MessageRegistry, header: MessageHeader): string {
  try {
    registry.decode(header, new BufferList(new Uint8Array(3)), undefined, new BufferList(new Uint8Array(2)))
    return 'taken'
  } catch (error) {
    return String(error)
  }
}

test('the raw class refuses what the real one would, in the same words, and nothing else', () => {
  const real = new MessageRegistry([Told])
  const raw = new MessageRegistry([rawClassOf(factsOf(Told))])
  const headers = [0, 1, 2, 3, 4, 0xffff].map((compatVersion) => headerOf(Told.type, compatVersion))
  headers.push(headerOf(4712, 1))
  expect(headers.map((header) => verdict(raw, header))).toEqual(headers.map((header) => verdict(real, header)))
  expect(headers.map((header) => verdict(raw, header) === 'taken')).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})

test('a raw message keeps the bytes and the fields that came, through encoding too', () => {
  const registry = new MessageRegistry([rawClassOf(factsOf(Told))])
  const [front, data] = [new BufferList(Uint8Array.of(9, 8, 7)), new BufferList(Uint8Array.of(6, 5))]
  const header = headerOf(Told.type, 1)
  const message = registry.decode(header, front, undefined, data)
  message.encode(0xffn)
  expect(message).toBeInstanceOf(RawMessage)
  expect([message.front, message.data, message.middleLength]).toEqual([front, data, 0])
  const written = new MessageHeader()
  message.fillHeader(written)
  expect(written).toEqual(header)
})

test('the facts are plain data, and errors name the class that is meant', () => {
  const facts = structuredClone(factsOf(Told))
  expect(facts).toEqual({ name: 'Told', type: 4711, headVersion: 3, compatVersion: 2 })
  const registry = new MessageRegistry([rawClassOf(facts)])
  expect(() => registry.register(Told)).toThrow('message type 4711: Told has it')
})
