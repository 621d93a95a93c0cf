import { expect, test } from 'vitest'
import { takeMemory } from '../src/own-memory.ts'

test('pieces are zero, aligned to 8 bytes, and never overlap', () => {
  const taken: Uint8Array[] = []
  for (let i = 0; i < 3000; i++) {
    const piece = takeMemory((i * 7) % 300)
    expect(piece).toHaveLength((i * 7) % 300)
    expect(piece.every((byte) => byte === 0)).toBe(true)
    expect(piece.byteOffset % 8).toBe(0)
    taken.push(piece.fill(i))
  }
  for (const [i, piece] of taken.entries()) expect(piece.every((byte) => byte === (i & 255))).toBe(true)
})

test('small pieces share an ArrayBuffer, large ones have their own', () => {
  const small = new Set(Array.from({ length: 64 }, () => takeMemory(64).buffer))
  expect(small.size).toBeLessThanOrEqual(2)
  expect(takeMemory(2049).buffer.byteLength).toBe(2049)
  expect(takeMemory(2048).buffer.byteLength).toBe(8192)
})
