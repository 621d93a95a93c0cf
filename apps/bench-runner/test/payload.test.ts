import { expect, test } from 'vitest'
import { PayloadMaker } from '../src/payload.ts'

test('a payload has the length asked for and its number, and shares no memory with another', () => {
  const maker = new PayloadMaker(64)
  const payloads = Array.from({ length: 50_000 }, (_, seq) => maker.make(seq))
  const faults = payloads.map((payload, seq) => maker.findFault(payload, seq) ?? maker.findFaultInContent(payload))
  expect(faults.filter((fault) => fault !== undefined)).toEqual([])
})

test('a payload may be longer than the slabs that others are cut from', () => {
  const maker = new PayloadMaker(3_000_000)
  expect(maker.findFaultInContent(maker.make(1))).toBe(undefined)
  expect(maker.make(2)).toHaveLength(3_000_000)
})

test('the number is a u32, and begins anew after the last one', () => {
  const maker = new PayloadMaker(4)
  expect([...maker.make(0x80000001)]).toEqual([1, 0, 0, 0x80])
  expect(maker.findFault(maker.make(0x80000001), 0x80000001)).toBe(undefined)
  expect(maker.findFault(maker.make(0x1_0000_0002), 2)).toBe(undefined)
})

test('another length, another number and another content are faults', () => {
  const maker = new PayloadMaker(8)
  expect(maker.findFault(maker.make(3).subarray(1), 3)).toBe('expected 8 bytes, got 7')
  expect(maker.findFault(maker.make(3), 4)).toBe('expected number 4, got 3')
  for (let index = 4; index < 8; index++) {
    const payload = maker.make(3)
    payload[index]! ^= 1
    expect(maker.findFaultInContent(payload)).toBe('expected the bytes that were sent, got others')
  }
})

test('a payload without room for its number is refused', () => {
  expect(() => new PayloadMaker(3)).toThrow('expected at least 4 bytes, got 3')
})
