import { EntityAddrVec } from '@msgr/message'
import { expect, test } from 'vitest'
import { decodeMonMap } from '../src/mon-map.ts'
import { targetsOfAddrs, targetsOfMonMap } from '../src/mon-target.ts'
import { readGolden } from './read-golden.ts'

function targets(text: string): readonly string[] {
  const addrs = EntityAddrVec.parse(text, 'any')
  return targetsOfAddrs(addrs, { name: 'x', priority: 1, weight: 2 }).map((target) => {
    expect(target).toMatchObject({ name: 'x', priority: 1, weight: 2 })
    return target.addrs.toString()
  })
}

test.each([
  ['10.0.0.1', ['v2:10.0.0.1:3300/0', 'v1:10.0.0.1:6789/0']],
  ['10.0.0.1:6789', ['v1:10.0.0.1:6789/0']],
  ['10.0.0.1:3300', ['v2:10.0.0.1:3300/0']],
  ['10.0.0.1:7000', ['v2:10.0.0.1:7000/0', 'v1:10.0.0.1:7000/0']],
  ['v1:10.0.0.1', ['v1:10.0.0.1:6789/0']],
  ['v2:[fd00::1]', ['v2:[fd00::1]:3300/0']],
  ['v2:10.0.0.1:6789', ['v2:10.0.0.1:6789/0']],
  ['[v2:10.0.0.1,v1:10.0.0.1]', ['[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]']],
  ['[10.0.0.1:3300,10.0.0.1:6789]', ['[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]']],
])('%s stands for %j', (text, expected) => {
  expect(targets(text)).toEqual(expected)
})

test('no addresses stand for nobody', () => {
  expect(targetsOfAddrs(new EntityAddrVec(), { name: 'x', priority: 0, weight: 0 })).toEqual([])
})

test('a map of monitors tells names, priorities and weights', () => {
  const map = decodeMonMap(readGolden('mon-map-two-mons'))
  expect(
    targetsOfMonMap(map).map(({ name, addrs, priority, weight }) => [name, addrs.toString(), priority, weight]),
  ).toEqual([
    ['a', '[v2:127.0.0.1:7311/0,v1:127.0.0.1:7111/0]', 0, 0],
    ['b', '[v2:127.0.0.1:7312/0,v1:127.0.0.1:7112/0]', 0, 7],
  ])
})
