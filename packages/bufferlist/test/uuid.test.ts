import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BufferEncoder, BufferList, MalformedInputError, Uuid, uuid } from '../src/index.ts'
import { hex } from './golden-file.ts'

const TEXT = '00010203-0405-0607-0809-0a0b0c0d0e0f'
const BYTES = Uint8Array.from({ length: 16 }, (_, i) => i)

test('text and bytes are in the same order', () => {
  expect(Uuid.parse(TEXT).toBytes()).toEqual(BYTES)
  expect(Uuid.fromBytes(BYTES).toString()).toBe(TEXT)
  expect(JSON.stringify({ id: Uuid.parse(TEXT) })).toBe(`{"id":"${TEXT}"}`)
})

test('any text comes back in lower case', () => {
  fc.assert(
    fc.property(fc.uuid(), (text) => {
      expect(Uuid.parse(text.toUpperCase()).toString()).toBe(text)
    }),
  )
})

test.each(['', TEXT.slice(1), `${TEXT}0`, TEXT.replaceAll('-', ''), TEXT.replace('0', 'g'), ` ${TEXT}`, `${TEXT}\n`])(
  '%j is no uuid',
  (text) => {
    expect(() => Uuid.parse(text)).toThrow(MalformedInputError)
  },
)

test('is encoded as its bytes', () => {
  const encoder = new BufferEncoder()
  uuid.encode(encoder, Uuid.parse(TEXT))
  expect(encoder.toBufferList().slice()).toEqual(BYTES)
  const decoded = uuid.decode(new BufferList(BYTES.slice(0, 9)).append(BYTES.slice(9)).cursor())
  expect(decoded.equals(Uuid.parse(TEXT))).toBe(true)
})

test('does not change with the bytes it came from, or those it gave', () => {
  const bytes = BYTES.slice()
  const id = Uuid.fromBytes(bytes)
  bytes.fill(0)
  id.toBytes().fill(0)
  expect(id.toString()).toBe(TEXT)
  const list = new BufferList(BYTES.slice())
  const decoded = uuid.decode(list.cursor())
  list.zero()
  expect(decoded.toString()).toBe(TEXT)
})

test('is ordered byte by byte', () => {
  const [low, high] = ['7f', '80'].map((digits) => Uuid.fromBytes(hex(digits.padEnd(32, '0'))))
  expect([low!.compare(high!), high!.compare(low!), low!.compare(low!)]).toEqual([-1, 1, 0])
  expect(low!.equals(high!)).toBe(false)
})

test('zero is zero, and random ones differ', () => {
  expect(Uuid.zero().isZero()).toBe(true)
  const random = Uuid.random()
  expect(random.isZero()).toBe(false)
  expect(random.equals(Uuid.random())).toBe(false)
  expect(random.toString()).toMatch(/^.{14}4.{4}[89ab]/)
})

test('has sixteen bytes', () => {
  expect(() => Uuid.fromBytes(new Uint8Array(15))).toThrow(RangeError)
})
