import { Uuid } from '@msgr/bufferlist'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advanceOsdMap } from '../src/advance-osd-map.ts'
import { type MOSDMapFields } from '../src/m-osd-map.ts'
import { OsdMap } from '../src/osd-map.ts'
import { goldenIncrementals } from './maps-of-an-osd-cluster.ts'
import { readGolden } from './read-golden.ts'

const changes = goldenIncrementals()
const full: ReadonlyMap<number, Uint8Array> = new Map(
  [6, 15, 40].map((epoch) => [epoch, readGolden(`osd-map-epoch-${epoch}`)]),
)

function message(incrementals: readonly number[], maps: readonly number[] = []): MOSDMapFields {
  return {
    fsid: Uuid.parse('11111111-2222-3333-4444-555555555555'),
    incrementals: new Map(incrementals.map((epoch) => [epoch, changes.get(epoch)!])),
    maps: new Map(maps.map((epoch) => [epoch, full.get(epoch)!])),
    oldestEpoch: 1,
    newestEpoch: 40,
  }
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

function at(epoch: number): OsdMap {
  return OsdMap.decode(full.get(epoch)!)
}

describe('without a map', () => {
  test('a full one is taken', () => {
    expect(advanceOsdMap(undefined, message([], [15]))).toEqual({ map: at(15), hasGap: false })
  })

  test('the newest full one is taken, and the changes from there on', () => {
    expect(advanceOsdMap(undefined, message(range(7, 40), [6, 15]))).toEqual({ map: at(40), hasGap: false })
  })

  test('the first of all changes is as good', () => {
    expect(advanceOsdMap(undefined, message(range(1, 40)))).toEqual({ map: at(40), hasGap: false })
  })

  test('changes alone leave a gap', () => {
    expect(advanceOsdMap(undefined, message(range(7, 9)))).toEqual({ map: undefined, hasGap: true })
  })
})

describe('with a map', () => {
  test('changes are applied from the next epoch on, and older ones passed over', () => {
    expect(advanceOsdMap(at(6), message(range(2, 40)))).toEqual({ map: at(40), hasGap: false })
  })

  test('a full map takes the place of changes that are missing', () => {
    expect(advanceOsdMap(at(6), message(range(16, 40), [15]))).toEqual({ map: at(40), hasGap: false })
  })

  test('what is missing leaves a gap, and the map as far as it came', () => {
    const { map, hasGap } = advanceOsdMap(at(6), message([7, 9]))
    expect([map?.epoch, hasGap]).toEqual([7, true])
  })

  test('nothing newer changes nothing', () => {
    const held = at(40)
    const advance = advanceOsdMap(held, message(range(1, 40), [6]))
    expect(advance.map).toBe(held)
    expect(advance.hasGap).toBe(false)
    expect(advanceOsdMap(held, message([])).map).toBe(held)
  })
})

test('a map under another epoch than its own is refused: each step must lead on', () => {
  const lying = { ...message([]), maps: new Map([[100, full.get(6)!]]) }
  expect(() => advanceOsdMap(undefined, lying)).toThrow(/expected epoch 100, got 6/)
  expect(() => advanceOsdMap(at(6), { ...message([]), incrementals: new Map([[7, changes.get(8)!]]) })).toThrow(
    /expected one to epoch 7/,
  )
})

test('whatever is missing, the map is one that there was, or there is a gap', () => {
  const epochs = fc.subarray([...range(1, 40)])
  const fulls = fc.subarray([6, 15, 40])
  const held = fc.constantFrom(undefined, 6, 15)
  fc.assert(
    fc.property(held, epochs, fulls, (from, incrementals, maps) => {
      const { map, hasGap } = advanceOsdMap(from === undefined ? undefined : at(from), message(incrementals, maps))
      const newest = Math.max(from ?? 0, ...incrementals, ...maps)
      expect(hasGap).toBe((map?.epoch ?? 0) !== newest)
      if (map?.epoch === 40) expect(map).toEqual(at(40))
    }),
    { numRuns: 60 },
  )
})
