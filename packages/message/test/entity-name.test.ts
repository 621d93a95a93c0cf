import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AddressError, EntityName, EntityType } from '../src/index.ts'

const name = fc
  .tuple(fc.constantFrom(...Object.values(EntityType)), fc.oneof(fc.integer({ min: -2, max: 3 }), fc.maxSafeInteger()))
  .map(([type, num]) => new EntityName(type, num))

describe('EntityName', () => {
  it('is made by its type or from numbers', () => {
    expect(EntityName.mon(0)).toMatchObject({ type: 1, num: 0 })
    expect(EntityName.osd(3)).toMatchObject({ type: 4, num: 3 })
    expect(EntityName.client(4100)).toMatchObject({ type: 8, num: 4100 })
    expect(EntityName.client()).toMatchObject({ type: 8, num: -1 })
    expect(new EntityName(0, -1)).toMatchObject({ type: 0, num: -1 })
  })

  it.each([
    [-1, 0],
    [256, 0],
    [1.5, 0],
    [4, 2 ** 53],
    [4, 0.5],
    [4, NaN],
  ])('refuses type %d with number %d', (type, num) => {
    expect(() => new EntityName(type, num)).toThrow(AddressError)
  })

  it.each([
    ['osd.3', EntityName.osd(3)],
    ['mon.0', EntityName.mon(0)],
    ['mds.1', new EntityName(2, 1)],
    ['mgr.4107', new EntityName(16, 4107)],
    ['client.4100', EntityName.client(4100)],
    ['client.?', EntityName.client(-1)],
  ])('reads and writes %s', (text, expected) => {
    expect(EntityName.parse(text)).toEqual(expected)
    expect(expected.toString()).toBe(text)
  })

  it('reads a negative number, and writes none', () => {
    expect(EntityName.parse('client.-1')).toEqual(EntityName.client(-1))
    expect(EntityName.parse('osd.-7')).toEqual(EntityName.osd(-7))
    expect(EntityName.osd(-7).toString()).toBe('osd.?')
  })

  it.each([
    '',
    'osd',
    'osd.',
    '.3',
    'osd3',
    'OSD.3',
    'osd.3 ',
    ' osd.3',
    'osd.x',
    'osd.1.2',
    'osd.--1',
    'osd.1e3',
    'client.admin',
    'toString.1',
    'osd.9007199254740993',
  ])('refuses %j', (text) => {
    expect(() => EntityName.parse(text)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_ADDRESS' }))
  })

  it('reads back what it wrote, unless the number is below -1', () => {
    fc.assert(
      fc.property(name, (value) => {
        fc.pre(value.num >= -1)
        expect(EntityName.parse(value.toString())).toEqual(value)
      }),
    )
  })

  it('orders by type, then by number, and is equal when neither is less', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        const expected = a.type === b.type ? Math.sign(a.num - b.num) : Math.sign(a.type - b.type)
        expect(Math.sign(a.compare(b))).toBe(expected)
        expect(a.equals(b)).toBe(expected === 0)
      }),
    )
  })
})
