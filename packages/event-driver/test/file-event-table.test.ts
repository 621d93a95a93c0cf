import { expect, test } from 'vitest'
import { EVENT_NONE, EVENT_READABLE, EVENT_WRITABLE } from '../src/index.ts'
import { FileEventTable, MAX_FILE_EVENTS } from '../src/file-event-table.ts'

const BOTH = EVENT_READABLE | EVENT_WRITABLE
const a = (): void => undefined
const b = (): void => undefined

test('masks are added and removed bit by bit, with their callbacks', () => {
  const table = new FileEventTable(4)
  table.add(2, EVENT_READABLE, a)
  expect([table.maskOf(2), table.readCallbackOf(2), table.writeCallbackOf(2)]).toEqual([EVENT_READABLE, a, undefined])
  table.add(2, EVENT_WRITABLE, b)
  expect([table.maskOf(2), table.readCallbackOf(2), table.writeCallbackOf(2)]).toEqual([BOTH, a, b])
  table.delete(2, EVENT_READABLE)
  expect([table.maskOf(2), table.readCallbackOf(2), table.writeCallbackOf(2)]).toEqual([EVENT_WRITABLE, undefined, b])
})

test('a number without a place is watched for nothing', () => {
  const table = new FileEventTable(4)
  for (const fd of [-1, 4, 1_000, 0.5]) expect(table.maskOf(fd)).toBe(EVENT_NONE)
})

test('the count is that of descriptors', () => {
  const table = new FileEventTable(4)
  table.add(1, EVENT_READABLE, a)
  table.add(1, EVENT_WRITABLE, a)
  table.add(2, BOTH, a)
  expect(table.count).toBe(2)
  table.delete(1, EVENT_READABLE)
  expect(table.count).toBe(2)
  table.delete(1, BOTH)
  table.delete(1, BOTH)
  expect(table.count).toBe(1)
})

test('capacityFor multiplies by four until there is room, up to the limit', () => {
  const table = new FileEventTable(100)
  expect(table.capacityFor(99)).toBe(100)
  expect(table.capacityFor(100)).toBe(400)
  expect(table.capacityFor(400)).toBe(1_600)
  expect(table.capacityFor(MAX_FILE_EVENTS - 1)).toBe(MAX_FILE_EVENTS)
})

test('growing keeps everything and gives the new places nothing', () => {
  const table = new FileEventTable(2)
  table.add(1, BOTH, a)
  table.growTo(8)
  expect(table.capacity).toBe(8)
  expect([table.maskOf(1), table.readCallbackOf(1), table.writeCallbackOf(1)]).toEqual([BOTH, a, a])
  expect([table.maskOf(7), table.readCallbackOf(7), table.writeCallbackOf(7)]).toEqual([
    EVENT_NONE,
    undefined,
    undefined,
  ])
  table.add(7, EVENT_READABLE, b)
  expect(table.count).toBe(2)
})

test('clear forgets masks and callbacks and keeps the capacity', () => {
  const table = new FileEventTable(4)
  table.add(1, BOTH, a)
  table.clear()
  expect([table.maskOf(1), table.readCallbackOf(1), table.writeCallbackOf(1)]).toEqual([
    EVENT_NONE,
    undefined,
    undefined,
  ])
  expect([table.count, table.capacity]).toEqual([0, 4])
})
