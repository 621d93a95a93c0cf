import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { BufferList } from '../src/index.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Appends a chunk that nobody else refers to. */
function appendChunk(list: BufferList): WeakRef<Uint8Array> {
  const chunk = new Uint8Array(5000)
  list.append(chunk)
  return new WeakRef(chunk)
}

const leaving: [string, (list: BufferList) => void][] = [
  ['consume', (list) => list.consume(5000)],
  ['a cut', (list) => list.consume(1).chunkAt(0)],
  ['splice', (list) => list.splice(0, 5000)],
  ['rebuild', (list) => list.rebuild()],
  ['rebuildAligned', (list) => list.rebuildAligned({ size: 10_000 })],
  ['clear', (list) => list.clear()],
]
test.each(leaving)('%s lets go of chunks, also of those whose CRC or views were asked for', async (_, leave) => {
  const list = new BufferList()
  const chunk = appendChunk(list)
  appendChunk(list)
  list.crc32c()
  for (let i = 0; i < 3; i++) list.subarray(i, i + 10)
  leave(list)
  const view = new WeakRef(list.chunks()[0] ?? {})
  // References count as used until the current job has ended.
  await setImmediate()
  collectGarbage()
  expect(chunk.deref()).toBeUndefined()
  expect(view.deref() === undefined).toBe(list.length === 0)
})

test('appendCopy lets go of the views that it replaces', async () => {
  const list = new BufferList().appendCopy(new Uint8Array(2000))
  list.crc32c()
  const view = new WeakRef(list.chunkAt(0))
  list.appendCopy(new Uint8Array(1))
  await setImmediate()
  collectGarbage()
  expect(view.deref()).toBeUndefined()
})

test('a queue that never runs empty does not grow', () => {
  const chunk = new Uint8Array(10)
  const list = new BufferList(chunk)
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 2_000_000; i++) list.append(chunk).consume(10)
  collectGarbage()
  // Without closing up, its slots alone would take 16 MB.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000)
  expect(list.length).toBe(10)
})
