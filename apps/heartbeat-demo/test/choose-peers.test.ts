import { Uuid } from '@msgr/bufferlist'
import { EntityAddr } from '@msgr/message'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choosePeers, targetOf } from '../src/choose-peers.ts'
import { ClusterMap } from '../src/cluster-map.ts'

const ADDR = EntityAddr.parse('v1:127.0.0.1:6800/1')

function mapOf(upIds: Iterable<number>, downIds: Iterable<number> = []): ClusterMap {
  let map = new ClusterMap(Uuid.zero())
  for (const id of [...upIds, ...downIds]) map = map.withUp(id, { front: ADDR, back: ADDR })
  for (const id of downIds) map = map.withDown(id)
  return map
}

const ids = (map: ClusterMap, whoami: number, minPeers?: number): number[] =>
  choosePeers(map, whoami, minPeers).map(({ id }) => id)

test('in a small cluster everyone pings everyone who is up', () => {
  expect(ids(mapOf([0, 1, 2, 3], [4]), 2)).toEqual([3, 0, 1])
  expect(ids(mapOf([7]), 7)).toEqual([])
})

test('in a large one, the next ones by id and the previous one', () => {
  const map = mapOf(Array.from({ length: 20 }, (_, id) => id))
  expect(ids(map, 18, 4)).toEqual([19, 0, 1, 17])
  expect(ids(map, 0)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 19])
})

test('nobody pings himself or anybody twice, and everybody is pinged by as many as there must be reporters', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60), { minLength: 2 }), fc.integer({ min: 2, max: 12 }), (up, minPeers) => {
      const map = mapOf(up)
      const pingedBy = new Map(up.map((id) => [id, 0]))
      for (const whoami of up) {
        const peers = ids(map, whoami, minPeers)
        expect(new Set(peers).size).toBe(peers.length)
        expect(peers).not.toContain(whoami)
        expect(peers.length).toBe(Math.min(minPeers, up.length - 1))
        for (const id of peers) pingedBy.set(id, pingedBy.get(id)! + 1)
      }
      for (const count of pingedBy.values()) expect(count).toBeGreaterThanOrEqual(Math.min(2, up.length - 1))
    }),
  )
})

test('each life of an OSD is another target', () => {
  const map = mapOf([1])
  const again = map.withDown(1).withUp(1, { front: ADDR, back: ADDR })
  expect(targetOf(map.get(1)!).key).not.toBe(targetOf(again.get(1)!).key)
})
