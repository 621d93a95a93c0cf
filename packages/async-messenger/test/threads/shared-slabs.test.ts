import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { nextTurn } from '@msgr-tooling/vitest-preset/until'
import { externalMemoryBytes } from '@msgr/posix'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PortReader, SlabWriter } from '../../src/threads/shared-slabs.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const MEBIBYTE = 1024 * 1024

let port: MessagePort
let noticeCount: number
let writer: SlabWriter
let reader: PortReader

beforeEach(() => {
  const { port1, port2 } = new MessageChannel()
  port = port1
  noticeCount = 0
  const postMessage = (value: unknown): void => {
    noticeCount++
    port1.postMessage(value)
  }
  writer = new SlabWriter({ postMessage })
  reader = new PortReader(port2)
})

afterEach(() => {
  port.close()
})

/** Memory that comes from `take`, with each byte set. */
function filled(length: number, value: number): Uint8Array {
  return writer.take(length).fill(value)
}

function placeOf(bytes: Uint8Array): { readonly id: number; readonly offset: number } {
  const place = writer.place(bytes)
  if (place === undefined) throw new Error('expected the bytes to lie in shared memory')
  return place
}

/** What the reader sees of bytes that are placed. */
function crossed(bytes: Uint8Array): Uint8Array {
  const { id, offset } = placeOf(bytes)
  return reader.bytesAt(id, offset, bytes.length)
}

test('a slab crosses once, whatever is placed in it', () => {
  const bodies = [1, 2, 3, 4, 5].map((value) => filled(1000 * value + 1, value))
  for (const body of [...bodies, ...bodies]) expect(crossed(body)).toEqual(body)
  expect(noticeCount).toBe(1)
})

test('bodies do not overlap, begin at multiples of eight, and go to a new slab when one is full', () => {
  const bodies = Array.from({ length: 250 }, (_, index) => filled(5001 + index, index))
  for (const [index, body] of bodies.entries()) {
    expect(body.byteOffset % 8).toBe(0)
    expect(crossed(body).every((byte) => byte === index)).toBe(true)
  }
  expect(noticeCount).toBe(new Set(bodies.map((body) => body.buffer)).size)
  expect(noticeCount).toBe(2)
})

test('a large body has memory of its own, and the slab goes on after it', () => {
  const before = filled(10, 1)
  expect(filled(262_144, 2).buffer).toBe(before.buffer)
  const own = filled(262_145, 3)
  expect([own.buffer.byteLength, own.byteOffset]).toEqual([262_145, 0])
  expect(filled(10, 4).buffer).toBe(before.buffer)
})

test('bytes that are in no shared memory have no place', () => {
  expect(writer.place(new Uint8Array(10))).toBeUndefined()
  expect(noticeCount).toBe(0)
})

test('what is beyond the remembered bytes is forgotten, oldest first, and made known again', () => {
  const bodies = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((value) => filled(MEBIBYTE, value))
  const eight = bodies.slice(0, 8)
  for (const body of [...eight, ...eight]) expect(crossed(body)[0]).toBe(body[0])
  expect(noticeCount).toBe(8)
  for (const body of bodies.slice(1)) expect(crossed(body)[0]).toBe(body[0])
  expect(noticeCount).toBe(9)
  for (const body of bodies) expect(crossed(body)[0]).toBe(body[0])
  expect(noticeCount).toBe(18)
})

test('a slab larger than all that is remembered is known until the next comes', () => {
  const huge = filled(9 * MEBIBYTE, 7)
  expect(crossed(huge)[0]).toBe(7)
  expect(crossed(huge).length).toBe(huge.length)
  expect(noticeCount).toBe(1)
  crossed(filled(1, 8))
  expect(noticeCount).toBe(2)
  expect(crossed(huge)[0]).toBe(7)
  expect(noticeCount).toBe(3)
})

test('a reader that lags behind finds every body, though the writer has forgotten its slab', () => {
  const bodies = Array.from({ length: 12 }, (_, index) => filled(MEBIBYTE, index))
  const places = [...bodies, ...bodies].map(placeOf)
  const values = places.map(({ id, offset }) => reader.bytesAt(id, offset, MEBIBYTE)[0])
  expect(values).toEqual([...bodies.keys(), ...bodies.keys()])
})

test('other things in the port come in order, and the slabs before them are remembered', () => {
  const place = placeOf(filled(10, 1))
  port.postMessage({ kind: 'first' })
  port.postMessage('second')
  expect([reader.next(), reader.next()]).toEqual([{ kind: 'first' }, 'second'])
  expect(reader.bytesAt(place.id, place.offset, 10)).toEqual(new Uint8Array(10).fill(1))
})

test('what was said to be in the port and is not is an error', () => {
  expect(() => reader.next()).toThrow('something is said to be in the port, and is not')
  port.postMessage('no slab')
  expect(() => reader.bytesAt(7, 0, 1)).toThrow('slab 7 is used before it is there')
})

describe('what V8 is told, as it counts no shared memory', () => {
  const SLAB_COUNT = 200
  /** What comes and goes meanwhile, for other reasons. */
  const OTHERS_MEBIBYTES = 20

  let before: number
  beforeEach(async () => {
    await collectAll()
    before = externalMemoryBytes()
  })

  async function collectAll(): Promise<void> {
    await nextTurn()
    collectGarbage()
    // The ends of objects are told in turns of their own.
    for (let i = 0; i < 10; i++) await nextTurn()
  }

  /** By how many MiB more V8 knows of than before the test. */
  function countedMebibytes(): number {
    return (externalMemoryBytes() - before) / MEBIBYTE
  }

  /** All that is given counts, and only once. */
  function expectCounted(bodies: readonly Uint8Array[]): void {
    expect(bodies.reduce((sum, body) => sum + body.length, 0)).toBe(SLAB_COUNT * MEBIBYTE)
    expect(countedMebibytes()).toBeGreaterThan(SLAB_COUNT - OTHERS_MEBIBYTES)
    expect(countedMebibytes()).toBeLessThan(SLAB_COUNT + OTHERS_MEBIBYTES)
  }

  async function expectNothingCounted(): Promise<void> {
    await collectAll()
    expect(countedMebibytes()).toBeLessThan(OTHERS_MEBIBYTES)
  }

  /** Of a slab that nobody has counted on this side yet. */
  function receive(id: number, read: () => void): Uint8Array {
    port.postMessage({ slab: new SharedArrayBuffer(MEBIBYTE), id })
    read()
    return reader.bytesAt(id, 0, MEBIBYTE)
  }

  test('a large body counts where it is taken, until it is collected', async () => {
    expectCounted(Array.from({ length: SLAB_COUNT }, () => writer.take(MEBIBYTE)))
    await expectNothingCounted()
  })

  test('so does a slab, once for all that lies in it', async () => {
    expectCounted(Array.from({ length: 16 * SLAB_COUNT }, () => writer.take(MEBIBYTE / 16)))
    await expectNothingCounted()
  })

  test('what has come counts, until it is collected', async () => {
    expectCounted(Array.from({ length: SLAB_COUNT }, (_, index) => receive(index + 1, () => undefined)))
    await expectNothingCounted()
  })

  test('so does what came before something else', async () => {
    const readOther = (): void => {
      port.postMessage('other')
      expect(reader.next()).toBe('other')
    }
    expectCounted(Array.from({ length: SLAB_COUNT }, (_, index) => receive(index + 1, readOther)))
    await expectNothingCounted()
  })
})
