import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BufferList } from '../src/index.ts'
import { goldenText, hex } from './golden-file.ts'
import { arbitraryCuts, rechunk } from './rechunk.ts'

// hexdump.txt and hexdump-folded.txt are what `hexdump -C` of util-linux 2.38.1 prints for these bytes. Ceph's form is
// the same, except that only rows of one repeated byte are folded.
const PLAIN = hex(
  '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f4120726f7065206f66206368756e6b737e7f80ff20',
)
const FOLDED = Uint8Array.of(...new TextEncoder().encode('first row, 16 B.'), ...new Uint8Array(53))

test('looks like that of hexdump -C, however the bytes are cut', () => {
  for (const cuts of [[100], [1], [5, 7, 16]]) {
    expect(rechunk(PLAIN, cuts).hexdump()).toBe(goldenText('hexdump.txt'))
    expect(rechunk(FOLDED, cuts).hexdump()).toBe(goldenText('hexdump-folded.txt'))
  }
})

// Ceph 16.2.7: src/test/bufferlist.cc, BufferList.hexdump: two rows and the line with the total
test('has a row for every 16 bytes and a line with the length', () => {
  const lines = new BufferList(new Uint8Array(32)).hexdump().split('\n')
  expect(lines.map((line) => line.slice(0, 8))).toEqual(['00000000', '00000010', '00000020', ''])
})

test('folds only rows of one byte that repeat the row before, and never the last', () => {
  const row = (byte: number): Uint8Array => new Uint8Array(16).fill(byte)
  const list = new BufferList()
  for (const byte of [1, 1, 1, 2, 2, 1, 1]) list.append(row(byte))
  const offsets = list.hexdump().split('\n').map((line) => line.slice(0, 8)) // prettier-ignore
  expect(offsets).toEqual(['00000000', '*', '00000030', '*', '00000050', '00000060', '00000070', ''])
  const mixed = Uint8Array.from({ length: 64 }, (_, i) => i % 16)
  expect(new BufferList(mixed).hexdump()).not.toContain('*')
})

test('of nothing is nothing', () => {
  expect(new BufferList().hexdump()).toBe('')
})

test('may leave out the last newline', () => {
  expect(new BufferList().append('A').hexdump({ trailingNewline: false })).toBe(
    `00000000  41${' '.repeat(47)} |A|\n00000001`,
  )
})

test('shows every byte of unfolded rows', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 15 }), arbitraryCuts, (bytes, cuts) => {
      const [row = ''] = rechunk(bytes, cuts).hexdump().split('\n')
      const shown = row.slice(8, row.indexOf('|')).trim().split(/\s+/).join('')
      expect(shown).toBe(Buffer.from(bytes).toString('hex'))
    }),
  )
})
