import { expect, test } from 'vitest'
import { ReadMemory } from '../../src/threads/read-memory.ts'
import { MCarrier } from './carrier.ts'
import { SLAB_FROM as LARGE } from './channel-fillers.ts'

const SLAB_SIZE = 256 * 1024

function openMemory(): { readonly memory: ReadMemory; readonly sharesSlabs: (length?: number) => boolean } {
  const memory = new ReadMemory((length) => new Uint8Array(new SharedArrayBuffer(length)))
  return {
    memory,
    sharesSlabs: (length = SLAB_SIZE) => {
      const taken = memory.take(length)
      expect(taken).toHaveLength(length)
      return taken.buffer instanceof SharedArrayBuffer
    },
  }
}

test('is shared while large parts cross, whichever they are, and no longer', () => {
  for (const part of ['front', 'middle', 'data'] as const) {
    const { memory, sharesSlabs } = openMemory()
    expect(sharesSlabs()).toBe(false)
    memory.dispatched(new MCarrier({ [part]: LARGE }), { crosses: true })
    expect(sharesSlabs()).toBe(true)
    memory.dispatched(new MCarrier({ [part]: LARGE }), { crosses: false })
    expect(sharesSlabs()).toBe(false)
  }
})

test('does not change with small messages, wherever they go', () => {
  const { memory, sharesSlabs } = openMemory()
  const small = new MCarrier({ front: LARGE - 1, middle: LARGE - 1, data: LARGE - 1 })
  memory.dispatched(small, { crosses: true })
  expect(sharesSlabs()).toBe(false)
  memory.dispatched(new MCarrier({ data: LARGE }), { crosses: true })
  memory.dispatched(small, { crosses: false })
  expect(sharesSlabs()).toBe(true)
})

test('is never shared where it holds many small things', () => {
  const { memory, sharesSlabs } = openMemory()
  memory.dispatched(new MCarrier({ data: LARGE }), { crosses: true })
  expect([sharesSlabs(64 * 1024), sharesSlabs(64 * 1024 + 1)]).toEqual([false, true])
})
