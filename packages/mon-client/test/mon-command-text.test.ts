import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMonCommand, MonFloat, prefixOfMonCommand } from '../src/mon-command-text.ts'

test('arguments are written as JSON', () => {
  const args = { prefix: 'osd "x"', n: 1, list: ['a', 2, false], none: undefined, id: 18446744073709551615n }
  expect(formatMonCommand(args)).toBe('{"prefix":"osd \\"x\\"","n":1,"list":["a",2,false],"id":18446744073709551615}')
})

test.each([
  [1, '1.0'],
  [0, '0.0'],
  [-3, '-3.0'],
  [0.5, '0.5'],
  [1e300, '1e+300'],
  [1e20, '100000000000000000000.0'],
])('a number with a fraction is one: %d', (value, text) => {
  expect(formatMonCommand({ prefix: 'x', weights: [new MonFloat(value)] })).toBe(`{"prefix":"x","weights":[${text}]}`)
})

test.each([
  ['{"prefix":"osd dump","a":1}', 'osd dump'],
  ['{"prefix":1}', '{"prefix":1}'],
  ['null', 'null'],
  ['{', '{'],
])('the prefix of %s is %s', (text, prefix) => {
  expect(prefixOfMonCommand(text)).toBe(prefix)
})

test('what is no number is refused', () => {
  for (const value of [Number.NaN, Infinity]) {
    expect(() => new MonFloat(value)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_MON_OPTION' }))
  }
})

test('what is written is JSON, and means the same', () => {
  const value = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
  const values = fc.dictionary(fc.string(), fc.oneof(value, fc.array(value)))
  fc.assert(
    fc.property(values, fc.string(), (args, prefix) => {
      const command = { ...args, prefix }
      expect(JSON.parse(formatMonCommand(command))).toEqual(JSON.parse(JSON.stringify(command)))
    }),
  )
})

test('a finite number with a fraction is read back', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = String(new MonFloat(value))
      expect(text).toMatch(/[.e]/)
      expect(JSON.parse(text)).toBe(Object.is(value, -0) ? 0 : value)
    }),
  )
})
