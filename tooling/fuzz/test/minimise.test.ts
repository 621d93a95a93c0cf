import { expect, test } from 'vitest'
import { minimise } from '../src/minimise.ts'
import { toyTarget } from './toy-target.ts'

test('what is left is just what makes the input fail', () => {
  const target = toyTarget((bytes) => {
    const at = bytes.indexOf(0x77)
    if (at >= 0 && bytes[at + 2] === 0x78) throw new Error(`${bytes.length} bytes are bad`)
    return 0
  })
  const input = Uint8Array.from([...new Uint8Array(300).fill(9), 0x77, 5, 0x78, ...new Uint8Array(100).fill(8)])
  expect([...minimise(target, input, new Error('403 bytes are bad'))]).toEqual([0x77, 0, 0x78])
})

test('an input that fails otherwise is not taken for it', () => {
  const target = toyTarget((bytes) => {
    if (bytes.length > 10) throw new Error('too long')
    throw new TypeError('another one')
  })
  expect(minimise(target, new Uint8Array(50), new Error('too long'))).toHaveLength(11)
})

test('an input whose failure does not come again is left as it is', () => {
  const input = Uint8Array.of(1, 2, 3)
  expect(
    minimise(
      toyTarget(() => 0),
      input,
      new Error('once'),
    ),
  ).toBe(input)
})
