import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OrderedList, type OrderedNode } from '../src/ordered-list.ts'

class Node implements OrderedNode<number, Node> {
  key: number
  before: Node | undefined = undefined
  after: Node | undefined = undefined
  parent: Node | undefined = undefined
  left: Node | undefined = undefined
  right: Node | undefined = undefined
  weight = 0

  constructor(key: number) {
    this.key = key
  }
}

function keysForward(list: OrderedList<number, Node>): number[] {
  const keys: number[] = []
  for (let node = list.first; node !== undefined; node = node.after) keys.push(node.key)
  return keys
}

function keysBackward(list: OrderedList<number, Node>): number[] {
  const keys: number[] = []
  for (let node = list.last; node !== undefined; node = node.before) keys.push(node.key)
  return keys
}

/** The longest way from the root, which is found by going up from any node. */
function depth(list: OrderedList<number, Node>): number {
  let root = list.first
  while (root?.parent !== undefined) root = root.parent
  const below = (node: Node | undefined): number =>
    node === undefined ? 0 : 1 + Math.max(below(node.left), below(node.right))
  return below(root)
}

const anyChanges = fc.array(fc.record({ key: fc.nat(40), isInsert: fc.boolean() }), { maxLength: 200 })

describe('OrderedList', () => {
  test.each([
    ['ascending', undefined],
    ['descending', (a: number, b: number): number => b - a],
  ] as const)('keeps %s order both ways, whatever is inserted and removed', (_, compareKeys) => {
    fc.assert(
      fc.property(anyChanges, (changes) => {
        const list = new OrderedList<number, Node>(compareKeys)
        const model = new Map<number, Node>()
        for (const { key, isInsert } of changes) {
          const held = model.get(key)
          if (isInsert && held === undefined) {
            const node = new Node(key)
            list.insert(node, list.nearest(key))
            model.set(key, node)
          } else if (!isInsert && held !== undefined) {
            list.remove(held)
            model.delete(key)
          }
          const expected = [...model.keys()].sort(compareKeys ?? ((a, b) => a - b))
          expect(keysForward(list)).toEqual(expected)
          expect(keysBackward(list)).toEqual(expected.reverse())
          expect(list.count).toBe(model.size)
        }
      }),
    )
  })

  test('nearest is the node of the key, or a neighbour of the place where it belongs', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100), { minLength: 1 }), fc.nat(100), (keys, wanted) => {
        const list = new OrderedList<number, Node>()
        for (const key of keys) list.insert(new Node(key), list.nearest(key))
        const near = list.nearest(wanted)
        const below = keys.filter((key) => key <= wanted)
        const above = keys.filter((key) => key > wanted)
        if (keys.includes(wanted)) expect(near?.key).toBe(wanted)
        else expect([Math.max(...below), Math.min(...above)]).toContain(near?.key)
      }),
    )
  })

  test('nothing is near in an empty list', () => {
    expect(new OrderedList<number, Node>().nearest(1)).toBeUndefined()
  })

  test('a removed node has no links left, and can be inserted again', () => {
    const list = new OrderedList<number, Node>()
    const nodes = [1, 2, 3].map((key) => new Node(key))
    for (const node of nodes) list.insert(node, list.nearest(node.key))
    const [, middle] = nodes
    list.remove(middle!)
    expect(middle).toMatchObject({
      before: undefined,
      after: undefined,
      parent: undefined,
      left: undefined,
      right: undefined,
    })
    expect(keysForward(list)).toEqual([1, 3])
    list.insert(middle!, list.nearest(2))
    expect(keysForward(list)).toEqual([1, 2, 3])
  })

  // A plain search tree would be 10,000 deep; a random one of this size is about 32 deep.
  test('keys in ascending or descending order do not make it deep', () => {
    for (const sign of [1, -1]) {
      const list = new OrderedList<number, Node>()
      for (let i = 1; i <= 10_000; i++) list.insert(new Node(sign * i), list.nearest(sign * i))
      expect(depth(list)).toBeLessThan(60)
    }
  })

  test('a key without a place is not even equal to itself', () => {
    expect(new OrderedList<number, Node>().compare(NaN, NaN)).not.toBe(0)
    expect(new OrderedList<number, Node>((a, b) => a - b).compare(NaN, NaN)).not.toBe(0)
    expect(new OrderedList<number, Node>().compare(-0, 0)).toBe(0)
  })

  test('clear leaves an empty list, which can be filled again', () => {
    const list = new OrderedList<number, Node>()
    for (const key of [2, 1, 3]) list.insert(new Node(key), list.nearest(key))
    list.clear()
    expect([list.count, list.first, list.last, list.nearest(1)]).toEqual([0, undefined, undefined, undefined])
    for (const key of [5, 4]) list.insert(new Node(key), list.nearest(key))
    expect([keysForward(list), keysBackward(list)]).toEqual([
      [4, 5],
      [5, 4],
    ])
  })
})
