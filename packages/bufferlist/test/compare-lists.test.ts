import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BufferList } from '../src/index.ts'
import { hex } from './golden-file.ts'
import { arbitraryCuts, rechunk } from './rechunk.ts'

test('orders as Buffer.compare does, however the bytes are cut', () => {
  const bytes = fc.uint8Array({ max: 1, maxLength: 20 })
  fc.assert(
    fc.property(bytes, bytes, arbitraryCuts, arbitraryCuts, (a, b, cutsA, cutsB) => {
      const order = Buffer.compare(a, b)
      expect(rechunk(a, cutsA).compare(rechunk(b, cutsB))).toBe(order)
      expect(rechunk(a, cutsA).equals(rechunk(b, cutsB))).toBe(order === 0)
    }),
    { numRuns: 500 },
  )
})

// Ceph 16.2.7: src/test/bufferlist.cc, BufferList.contents_equal and BufferPtr.cmp
test('does not see how bytes are cut, and puts beginnings first', () => {
  const list = (...pieces: string[]): BufferList => pieces.reduce((all, piece) => all.append(piece), new BufferList())
  expect(list('A', 'BB').equals(list('AB', 'B'))).toBe(true)
  expect(list('A', 'BB').equals(list('ABC'))).toBe(false)
  expect(list('A', 'BB').equals(list())).toBe(false)
  const ascending = [list(), list('A'), list('A', 'B'), list('AC', 'C'), list('AD', 'D'), list('A', 'F')]
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) expect(a.compare(b)).toBe(Math.sign(i - j))
  }
})

test('takes bytes as unsigned, unlike C++', () => {
  expect(new BufferList(hex('80')).compare(new BufferList(hex('7f')))).toBe(1)
})
