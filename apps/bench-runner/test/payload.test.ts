import { expect, test } from 'vitest'
import { PayloadMaker } from '../src/payload.ts'

test('a payload has the length and the number asked for, and shares no memory with that of another slot', () => {
  const maker = new PayloadMaker(64, 5000)
  const payloads = Array.from({ length: 5000 }, (_, slot) => maker.make(slot, 3 * slot))
  const faults = payloads.map(
    (payload, slot) => maker.findFault(payload, 3 * slot) ?? maker.findFaultInContent(payload),
  )
  expect(faults.filter((fault) => fault !== undefined)).toEqual([])
})

test('a slot is used again: the number changes, the filling stays', () => {
  const maker = new PayloadMaker(8, 2)
  const first = maker.make(1, 1)
  const second = maker.make(1, 2)
  expect(maker.findFault(second, 2)).toBe(undefined)
  expect(first).toEqual(second)
  expect(maker.findFaultInContent(second)).toBe(undefined)
})

test('the number is a u32, and begins anew after the last one', () => {
  const maker = new PayloadMaker(4, 1)
  expect([...maker.make(0, 0x80000001)]).toEqual([1, 0, 0, 0x80])
  expect(maker.findFault(maker.make(0, 0x80000001), 0x80000001)).toBe(undefined)
  expect(maker.findFault(maker.make(0, 0x1_0000_0002), 2)).toBe(undefined)
})

test('another length, another number and another content are faults', () => {
  const maker = new PayloadMaker(8, 1)
  expect(maker.findFault(maker.make(0, 3).subarray(1), 3)).toBe('expected 8 bytes, got 7')
  expect(maker.findFault(maker.make(0, 3), 4)).toBe('expected number 4, got 3')
  for (let index = 4; index < 8; index++) {
    const payload = maker.make(0, 3)
    payload[index]! ^= 1
    expect(maker.findFaultInContent(payload)).toBe('expected the bytes that were sent, got others')
  }
})

test('a payload without room for its number is refused', () => {
  expect(() => new PayloadMaker(3, 1)).toThrow('expected at least 4 bytes, got 3')
})
