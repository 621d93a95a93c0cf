import { BufferList } from '@msgr/bufferlist'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SealingParts } from '../../src/wire-v2/sealing-parts.ts'
import { joined, toHex } from '../bytes.ts'

test('whatever was added comes back in its order, again and again', () => {
  const length = fc.oneof(fc.nat(60), fc.nat(5_000), fc.constantFrom(4_096, 4_097, 16_384, 20_000))
  const runs = fc.array(fc.array(fc.tuple(length, fc.boolean()), { maxLength: 12 }), { maxLength: 3 })
  fc.assert(
    fc.property(runs, (lists) => {
      const parts = new SealingParts()
      for (const list of lists) {
        const added = list.map(([size], i) => new Uint8Array(size).fill(i + 1))
        for (const [i, bytes] of added.entries()) {
          if (list[i]?.[1] === true) parts.addList(new BufferList(bytes))
          else parts.add(bytes)
          parts.addZeros(i)
        }
        const expected = joined(added.flatMap((bytes, i) => [bytes, new Uint8Array(i)]))
        expect(parts.length).toBe(expected.length)
        expect(toHex(joined(parts.take()))).toBe(toHex(expected))
        expect(parts.length).toBe(0)
        expect(parts.take()).toEqual([])
      }
    }),
  )
})

test('small parts become one, and large ones are not copied', () => {
  const parts = new SealingParts()
  const large = new Uint8Array(4_097)
  parts.add(new Uint8Array(100))
  parts.addZeros(12)
  parts.add(large)
  parts.add(new Uint8Array(16))
  const taken = parts.take()
  expect(taken.map((part) => part.length)).toEqual([112, 4_097, 16])
  expect(taken[1]).toBe(large)
})
