import { expect, test } from 'vitest'
import { overwriteChunks, zeroChunks } from '../src/overwrite-chunks.ts'

test('bytes are spread over the chunks in order', () => {
  const chunks = [new Uint8Array(2), new Uint8Array(1), new Uint8Array(3)]
  overwriteChunks(chunks, Uint8Array.of(1, 2, 3, 4, 5, 6))
  expect(chunks.map((chunk) => [...chunk])).toEqual([[1, 2], [3], [4, 5, 6]])
  zeroChunks(chunks.slice(1))
  expect(chunks.map((chunk) => [...chunk])).toEqual([[1, 2], [0], [0, 0, 0]])
})
