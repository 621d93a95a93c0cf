import { BufferEncoder, Uuid } from '@msgr/bufferlist'
import { EntityAddr } from '@msgr/message'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClusterMap, clusterMapCodec } from '../src/cluster-map.ts'

const FSID = Uuid.parse('11111111-2222-3333-4444-555555555555')

function addresses(port: number): { front: EntityAddr; back: EntityAddr } {
  return { front: EntityAddr.fromIp('v1', '127.0.0.1', port, 7), back: EntityAddr.fromIp('v1', '::1', port + 1, 8) }
}

test('each change is a new epoch, and leaves the map before as it was', () => {
  const empty = new ClusterMap(FSID)
  const one = empty.withUp(3, addresses(1))
  const two = one.withUp(1, addresses(3))
  const down = two.withDown(3)
  const back = down.withUp(3, addresses(5))
  expect([empty, one, two, down, back].map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4])
  expect([empty, one, two, down, back].map(({ upIds }) => upIds)).toEqual([[], [3], [1, 3], [1], [1, 3]])
  expect(back.get(3)).toEqual({ id: 3, isUp: true, upFrom: 4, downAt: 3, ...addresses(5) })
})

test('who is down is dead to maps before it went, and who is not there is not told of', () => {
  const map = new ClusterMap(FSID).withUp(1, addresses(1)).withDown(1)
  expect([...map.deadBefore]).toEqual([[1, 2]])
  expect([...map.withUp(1, addresses(3)).deadBefore]).toEqual([[1, 0]])
})

const arbitraryChange = fc.record({ id: fc.nat(9), isUp: fc.boolean(), port: fc.integer({ min: 1, max: 60_000 }) })

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.array(arbitraryChange), (changes) => {
      let map = new ClusterMap(FSID)
      for (const { id, isUp, port } of changes) {
        if (isUp) map = map.withUp(id, addresses(port))
        else if (map.get(id) !== undefined) map = map.withDown(id)
      }
      const encoder = new BufferEncoder()
      clusterMapCodec.encode(encoder, map)
      expect(clusterMapCodec.decode(encoder.toBufferList().cursor())).toEqual(map)
    }),
  )
})
