import { expect, test } from 'vitest'
import { foldWords } from '../src/fold-words.ts'

test('the first four words are combined, and what is behind them is not', () => {
  const bytes = new Uint8Array(36)
  bytes.set([1, 0, 0, 0, 0, 0, 0, 0x80], 0)
  bytes.set([2], 8)
  bytes.set([4], 16)
  bytes.set([8], 24)
  bytes.set([0xff], 32)
  expect(foldWords(bytes)).toBe(0x800000000000000fn)
})
