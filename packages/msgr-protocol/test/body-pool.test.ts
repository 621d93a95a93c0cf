import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BodyPool } from '../src/body-pool.ts'
import { toHex } from './bytes.ts'

test('copies stay as they were made, whatever becomes of the original and whatever else is copied', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 4096, size: 'max' }), { maxLength: 30 }), (bodies) => {
      const pool = new BodyPool()
      const originals = bodies.map(toHex)
      const copies = bodies.map((body) => {
        const copy = pool.copy(body)
        body.fill(0xa5)
        return copy
      })
      expect(copies.map(toHex)).toEqual(originals)
      for (const copy of copies) copy.fill(0x5a)
      expect(copies.every((copy) => copy.every((byte) => byte === 0x5a))).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('small bodies share slabs of at most 16 KiB', () => {
  const pool = new BodyPool()
  const copies = Array.from({ length: 1_000 }, () => pool.copy(new Uint8Array(100)))
  const slabs = new Set(copies.map((copy) => copy.buffer))
  expect(slabs.size).toBeLessThan(20)
  expect(Math.max(...[...slabs].map((slab) => slab.byteLength))).toBe(16 * 1024)
})

test('one small body takes no more than 1 KiB', () => {
  expect(new BodyPool().copy(new Uint8Array(4)).buffer.byteLength).toBe(1_024)
})

test('what is taken to be filled is zeros, and nobody else gets it', () => {
  const pool = new BodyPool()
  for (let i = 1; i < 200; i++) {
    const bytes = pool.take(i)
    expect(bytes).toEqual(new Uint8Array(i))
    bytes.fill(0xff)
  }
})
