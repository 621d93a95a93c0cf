import { expect, test } from 'vitest'
import { ClassPool } from '../src/class-pool.ts'
import { ClassTable } from '../src/class-table.ts'

test('a class that is given back is the next one taken, and holds nothing of its previous life', () => {
  const pool = new ClassPool<string, number>()
  // A table with neighbours on all sides makes all links be used.
  const table = new ClassTable(undefined, pool)
  for (const key of [4, 2, 6, 1, 3, 5, 7]) table.use(key).push('item', 9)
  const used = table.find(4)!
  for (let each = table.first; each !== undefined; each = each.after) {
    each.shift()
    table.unuse()
  }
  // A key that is new while none is in use: one class takes it, and the pool gets all others.
  table.use(8).push('item', 9)
  expect([table.count, pool.count]).toEqual([1, 6])
  const taken = Array.from({ length: 6 }, (_, i) => pool.take(100 + i))
  expect([pool.count, taken.includes(used)]).toEqual([0, true])
  for (const [i, { key, size, after, before, parent, left, right }] of taken.entries()) {
    expect({ key, size }).toEqual({ key: 100 + i, size: 0 })
    expect([after, before, parent, left, right].every((link) => link === undefined)).toBe(true)
  }
})

test('a class in the pool has forgotten its key', () => {
  const pool = new ClassPool<string, object>()
  const spare = pool.take({})
  pool.give(spare)
  expect(spare.key).toBeUndefined()
  const key = {}
  expect(pool.take(key)).toBe(spare)
  expect(spare.key).toBe(key)
})

test('it keeps 256 classes, however many it is given', () => {
  const pool = new ClassPool<string, number>()
  const classes = Array.from({ length: 1000 }, (_, key) => pool.take(key))
  for (const each of classes) pool.give(each)
  expect([pool.count, pool.isFull]).toEqual([256, true])
  pool.take(1)
  expect([pool.count, pool.isFull]).toEqual([255, false])
})

test('a burst of keys leaves no more than that behind', () => {
  const pool = new ClassPool<string, number>()
  const table = new ClassTable(undefined, pool)
  for (let key = 0; key < 5000; key++) table.use(key).push('item', 0)
  for (let each = table.first; each !== undefined;) {
    const { after } = each
    each.shift()
    table.unuse()
    each = after
  }
  expect([table.count, pool.count]).toEqual([0, 256])
})
