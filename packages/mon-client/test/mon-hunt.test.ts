import { EntityAddr, EntityAddrVec } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MonHunt, shuffleByWeight } from '../src/mon-hunt.ts'
import { type MonTarget } from '../src/mon-target.ts'

function target(name: string, priority = 0, weight = 0): MonTarget {
  return { name, priority, weight, addrs: EntityAddrVec.parse(`v1:10.0.0.${name.charCodeAt(0)}:6789`) }
}

function names(targets: readonly MonTarget[]): string {
  return targets
    .map(({ name }) => name)
    .sort()
    .join('')
}

describe('batches', () => {
  test('go through the lowest priority first, then the others, and then begin again', () => {
    const hunt = new MonHunt(Math.random)
    hunt.setTargets([target('a', 1), target('b', 1), target('c', 0), target('d', 5)])
    expect(Array.from({ length: 4 }, () => names(hunt.nextBatch(3)))).toEqual(['c', 'ab', 'd', 'c'])
  })

  test('are of so many at most, and of all equals for 0', () => {
    const hunt = new MonHunt(() => 0)
    hunt.setTargets(['a', 'b', 'c', 'd', 'e'].map((name) => target(name)))
    expect([hunt.nextBatch(3).length, hunt.hasUntried, hunt.nextBatch(3).length, hunt.hasUntried]).toEqual([
      3,
      true,
      2,
      false,
    ])
    expect(hunt.nextBatch(0)).toHaveLength(5)
  })

  test('of nobody are empty', () => {
    expect(new MonHunt(Math.random).nextBatch(3)).toEqual([])
  })

  test('leave out the one at an address until all others were tried', () => {
    const hunt = new MonHunt(Math.random)
    const [a, b, c] = [target('a'), target('b'), target('c')]
    hunt.setTargets([a, b, c], EntityAddr.parse(b.addrs.toString()))
    expect([names(hunt.nextBatch(0)), names(hunt.nextBatch(0))]).toEqual(['ac', 'abc'])
    hunt.forgetTried(a.addrs.front)
    expect(names(hunt.nextBatch(0))).toBe('bc')
  })

  test('hold again who was not tried to the end', () => {
    const hunt = new MonHunt(Math.random)
    const [a, b] = [target('a'), target('b')]
    hunt.setTargets([a, b])
    hunt.nextBatch(2)
    hunt.untry(b)
    hunt.untry(b)
    hunt.untry(target('z'))
    expect([names(hunt.nextBatch(2)), hunt.hasUntried]).toEqual(['b', false])
  })
})

describe('the order', () => {
  const weighted = fc.array(fc.nat(5), { maxLength: 6 }).map((weights) => weights.map((w, i) => target(`${i}`, 0, w)))
  const random = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 6, maxLength: 6 })

  test('holds everybody once, those without weight last', () => {
    fc.assert(
      fc.property(weighted, random, (targets, numbers) => {
        let at = 0
        const order = shuffleByWeight(targets, () => numbers[at++] ?? 0)
        expect(names(order)).toBe(names(targets))
        const firstWithout = order.findIndex(({ weight }) => weight === 0)
        expect(order.slice(Math.max(0, firstWithout)).every(({ weight }) => firstWithout < 0 || weight === 0)).toBe(
          true,
        )
      }),
    )
  })

  test('follows the weights', () => {
    const targets = [target('a', 0, 1), target('b', 0, 3)]
    const first = [0, 0.24, 0.25, 0.99].map((number) => shuffleByWeight(targets, () => number)[0]?.name)
    expect(first).toEqual(['a', 'a', 'b', 'b'])
  })
})
