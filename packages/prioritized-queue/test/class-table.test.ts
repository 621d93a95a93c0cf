import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClassPool } from '../src/class-pool.ts'
import { type ClassQueue } from '../src/class-queue.ts'
import { ClassTable } from '../src/class-table.ts'
import { QueueArgumentError } from '../src/errors.ts'

function put<K>(table: ClassTable<string, K>, key: K): ClassQueue<string, K> {
  const found = table.use(key)
  found.push(String(key), 0)
  return found
}

function take<K>(table: ClassTable<string, K>, key: K): void {
  const found = table.find(key)
  expect(found?.shift()).toBe(String(key))
  if (found?.size === 0) table.unuse()
}

function keys<K>(table: ClassTable<string, K>): K[] {
  const found: K[] = []
  for (let each = table.first; each !== undefined; each = each.after) if (each.size > 0) found.push(each.key)
  return found
}

describe('ClassTable', () => {
  test.each([
    ['numbers', (key: number): unknown => key],
    ['strings', (key: number): unknown => `key ${String(key).padStart(9, '0')}`],
    ['numbers and bigints together', (key: number): unknown => (key % 2 === 0 ? key : BigInt(key))],
  ])('has the classes in use in order, for %s', (_, toKey) => {
    const anyKey = fc.oneof(fc.nat(8), fc.nat(200), fc.nat(2 ** 29))
    fc.assert(
      fc.property(fc.array(fc.record({ key: anyKey, isPut: fc.boolean() }), { maxLength: 300 }), (steps) => {
        const table = new ClassTable<string, unknown>(undefined)
        const model = new Map<number, number>()
        for (const { key, isPut } of steps) {
          const count = model.get(key) ?? 0
          if (isPut) {
            put(table, toKey(key))
            model.set(key, count + 1)
          } else if (count > 0) {
            take(table, toKey(key))
            if (count === 1) model.delete(key)
            else model.set(key, count - 1)
          }
          expect(table.inUse).toBe(model.size)
        }
        expect(keys(table)).toEqual([...model.keys()].sort((a, b) => a - b).map(toKey))
        for (const key of model.keys()) expect(table.find(toKey(key))?.size).toBe(model.get(key))
      }),
    )
  })

  test('a class that is emptied and filled again is the same one', () => {
    const table = new ClassTable<string, number>(undefined)
    const first = put(table, 7)
    put(table, 8)
    take(table, 7)
    expect(put(table, 7)).toBe(first)
  })

  test('an idle class takes the key of a new one that belongs beside it', () => {
    const table = new ClassTable<string, number>(undefined)
    for (const key of [10, 20, 30]) put(table, key)
    const idle = table.find(20)
    take(table, 20)
    expect(put(table, 21)).toBe(idle)
    expect(table.count).toBe(3)
    expect(table.find(20)).toBeUndefined()
    expect(keys(table)).toEqual([10, 21, 30])
    put(table, 20)
    expect(keys(table)).toEqual([10, 20, 21, 30])
  })

  test('a burst of keys leaves no class behind', () => {
    const table = new ClassTable<string, number>(undefined)
    for (let key = 0; key < 5000; key++) put(table, key)
    expect(table.count).toBe(5000)
    for (let key = 0; key < 5000; key++) take(table, key)
    expect([table.inUse, table.count]).toEqual([0, 0])
    put(table, 7)
    expect(keys(table)).toEqual([7])
  })

  test('a few classes stay when they run empty, and are there for the next turn', () => {
    const table = new ClassTable<string, number>(undefined)
    for (let key = 0; key < 64; key++) put(table, key)
    const before = table.find(40)
    for (let key = 0; key < 64; key++) take(table, key)
    expect([table.inUse, table.count]).toEqual([0, 64])
    expect(put(table, 40)).toBe(before)
  })

  test('the turn goes from class to class in use, and round', () => {
    const table = new ClassTable<string, number>(undefined)
    for (const key of [1, 2, 3, 4]) put(table, key)
    const first = table.find(1)!
    take(table, 2)
    take(table, 4)
    const next = table.nextInUse(first)
    expect(next.key).toBe(3)
    expect(table.nextInUse(next)).toBe(first)
    take(table, 3)
    expect(table.nextInUse(first)).toBe(first)
  })

  test('idle classes are given up where the turn went by, until there are few', () => {
    const table = new ClassTable<string, number>(undefined)
    for (let key = 0; key < 30; key++) put(table, key)
    for (let key = 1; key < 30; key++) if (key !== 10 && key !== 20) take(table, key)
    const [at0, at10, at20] = [0, 10, 20].map((key) => table.find(key)!)
    expect([table.inUse, table.count]).toEqual([3, 30])
    table.thinOutAfter(at0!)
    expect([table.count, at0?.after]).toEqual([21, at10])
    table.thinOutAfter(at20!)
    expect([table.count, at20?.after]).toEqual([12, undefined])
    table.thinOutAfter(at10!)
    // Ten: four more idle ones than there are in use.
    expect(table.count).toBe(10)
    expect(keys(table)).toEqual([0, 10, 20])
    for (const key of [5, 15, 29]) expect(put(table, key).key).toBe(key)
    expect(keys(table)).toEqual([0, 5, 10, 15, 20, 29])
  })

  test('a refused key leaves the table as it was', () => {
    const table = new ClassTable<string, number>(undefined)
    put(table, 1)
    expect(() => table.use(NaN)).toThrow(QueueArgumentError)
    expect([table.inUse, table.count]).toEqual([1, 1])
    take(table, 1)
    expect(() => table.use(NaN)).toThrow('key: expected a key that equals itself in the order of keys, got NaN')
    expect([table.inUse, table.count, table.first?.key]).toEqual([0, 1, 1])
  })

  test('while no class is in use, a new key takes one that is idle, and the others are given up', () => {
    const pool = new ClassPool<string, number>()
    const table = new ClassTable<string, number>(undefined, pool)
    for (const key of [10, 20, 30]) put(table, key)
    for (const key of [10, 20, 30]) take(table, key)
    put(table, 25)
    expect([table.count, pool.count]).toEqual([1, 2])
    take(table, 25)
    const only = table.find(25)
    expect(put(table, 99)).toBe(only)
    expect([table.count, pool.count]).toEqual([1, 2])
    expect(keys(table)).toEqual([99])
  })

  test('a key without a place is refused before idle classes are given up', () => {
    const table = new ClassTable<string, number>(undefined)
    for (const key of [1, 2, 3]) put(table, key)
    for (const key of [1, 2, 3]) take(table, key)
    expect(() => table.use(NaN)).toThrow(QueueArgumentError)
    expect([table.inUse, table.count]).toEqual([0, 3])
  })

  // A class that goes from one table to the other must not be found where it was.
  test('tables that share a pool never find a class of each other', () => {
    const anyStep = fc.record({ key: fc.nat(30), table: fc.nat(1), isPut: fc.boolean() })
    // One of them is emptied now and then, so that what it has goes to the pool.
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 100, maxLength: 400 }), (steps) => {
        const pool = new ClassPool<string, number>()
        const sides = [0, 1].map(() => ({ table: new ClassTable(undefined, pool), model: new Set<number>() }))
        for (const [i, { key, table: side, isPut }] of steps.entries()) {
          const { table, model } = sides[side]!
          if (i % 50 === 49) {
            for (const each of model) take(table, each)
            model.clear()
          } else if (isPut && !model.has(key)) {
            const used = put(table, key)
            // Not with toBe, which would go through all that the two are linked to in order to show the difference.
            expect(table.find(key) === used).toBe(true)
            model.add(key)
          } else if (!isPut && model.delete(key)) {
            take(table, key)
            if (model.size > 0) table.thinOutAfter(table.first!)
          }
          for (const each of sides) expect(each.table.inUse).toBe(each.model.size)
          expect(keys(table)).toEqual([...model].sort((a, b) => a - b))
        }
      }),
      // A table that is broken may run in circles in a shorter run, so none is tried.
      { numRuns: 300, endOnFailure: true },
    )
  })

  test('a class that the turn gave up is not found again when another table has it', () => {
    const pool = new ClassPool<string, number>()
    const [one, other] = [new ClassTable<string, number>(undefined, pool), new ClassTable(undefined, pool)]
    for (let key = 0; key < 30; key++) put(one, key)
    for (let key = 1; key < 30; key++) take(one, key)
    one.thinOutAfter(one.first!)
    expect([one.count, pool.count]).toEqual([6, 24])
    for (let key = 24; key > 0; key--) put(other, key)
    expect(pool.count).toBe(0)
    // The last one given up comes first, before any other key makes the hints be written anew.
    for (let key = 24; key > 0; key--) put(one, key)
    expect([one.inUse, other.inUse]).toEqual([25, 24])
    for (let key = 1; key <= 24; key++) expect([one.find(key)?.size, other.find(key)?.size]).toEqual([1, 1])
  })
})
