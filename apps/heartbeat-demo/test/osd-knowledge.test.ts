import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OsdKnowledge, type MapKnowledge } from '../src/osd-knowledge.ts'

const U32_MAX = 0xffff_ffff
const arbitraryEpoch = fc.integer({ min: 1, max: U32_MAX - 1 })
const arbitraryMap: fc.Arbitrary<MapKnowledge> = fc.record({
  mapEpoch: arbitraryEpoch,
  upFrom: fc.integer({ min: 0, max: U32_MAX }),
  deadBefore: fc.array(fc.tuple(fc.nat(50), arbitraryEpoch)).map((entries) => new Map(entries)),
})

test('without a map nobody is dead', () => {
  const knowledge = new OsdKnowledge()
  expect(knowledge.epochs).toEqual({ mapEpoch: 0, upFrom: 0 })
  expect([knowledge.isDead(0, 0), knowledge.isDead(5_000_000, 0)]).toEqual([false, false])
})

test('whoever has the same memory knows the newest map, and nothing of the ones before', () => {
  fc.assert(
    fc.property(fc.array(arbitraryMap, { minLength: 1 }), fc.nat(60), fc.nat(U32_MAX - 1), (maps, id, itsMapEpoch) => {
      const writer = new OsdKnowledge()
      const reader = new OsdKnowledge(writer.memory)
      for (const map of maps) writer.assign(map)
      const { mapEpoch, upFrom, deadBefore } = maps.at(-1)!
      expect(reader.epochs).toEqual({ mapEpoch, upFrom })
      expect(reader.isDead(id, itsMapEpoch)).toBe((deadBefore.get(id) ?? Infinity) > itsMapEpoch)
    }),
  )
})

test('who has an id that no map can have is in none', () => {
  const knowledge = new OsdKnowledge()
  knowledge.assign({ mapEpoch: 3, upFrom: 1, deadBefore: new Map([[4095, 0]]) })
  expect([4095, 4096, 0x7fff_ffff].map((id) => knowledge.isDead(id, 3))).toEqual([false, true, true])
  const tooLarge = { mapEpoch: 4, upFrom: 1, deadBefore: new Map([[4096, 0]]) }
  expect(() => {
    knowledge.assign(tooLarge)
  }).toThrow('osd.4096 in a map: expected an id below 4096')
  expect(knowledge.epochs.mapEpoch).toBe(3)
})

test('whoever has the same memory sees that the OSD stops, and goes on', () => {
  const writer = new OsdKnowledge()
  const reader = new OsdKnowledge(writer.memory)
  expect(reader.isStopping).toBe(false)
  writer.isStopping = true
  expect(reader.isStopping).toBe(true)
  writer.isStopping = false
  expect(reader.isStopping).toBe(false)
})
