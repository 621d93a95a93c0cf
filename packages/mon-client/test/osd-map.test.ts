import { crc32c, Uuid } from '@msgr/bufferlist'
import { EntityAddrVec } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { osdExists, osdIsIn, osdIsUp, OsdStateBit } from '../src/osd-entry.ts'
import { decodeOsdMapIncremental } from '../src/osd-map-incremental.ts'
import { OsdMap, OsdMapFlag } from '../src/osd-map.ts'
import { OsdPoolFlag } from '../src/osd-pool.ts'
import { codeOf } from './code-of.ts'
import { goldenIncrementals } from './maps-of-an-osd-cluster.ts'
import { readGolden } from './read-golden.ts'

expect.addEqualityTesters([(a, b) => (a instanceof Uuid && b instanceof Uuid ? a.equals(b) : undefined)])

/** What decoding may throw. */
const BAD_BYTES = /^ERR_BUFFERLIST_/
const READ_OR_REFUSED = /^ERR_BUFFERLIST_|^nothing thrown$/

describe('a full map of Ceph 16.2.15', () => {
  const map = OsdMap.decode(readGolden('osd-map-epoch-40'))

  test('tells of itself', () => {
    expect(map.fsid.toString()).toBe('11111111-2222-3333-4444-555555555555')
    expect(map.epoch).toBe(40)
    expect(map.created).toEqual({ seconds: 1795348679, nanoseconds: 584463792 })
    expect(map.modified).toEqual({ seconds: 1795348814, nanoseconds: 519730426 })
    const names = Object.entries(OsdMapFlag).filter(([, bit]) => (map.flags & bit) !== 0)
    expect(names.map(([name]) => name)).toEqual(['pauseRead', 'pauseWrite', 'noDown', 'sortBitwise'])
  })

  test('tells of its pools', () => {
    expect([...map.pools.values()].map(({ id, name, type }) => [id, name, type])).toEqual([
      [1n, 'device_health_metrics', 'replicated'],
      [2n, 'rbd', 'replicated'],
      [3n, 'deux', 'replicated'],
      [4n, 'ecp', 'erasure'],
    ])
    expect(map.poolByName('rbd')).toEqual({
      id: 2n,
      name: 'rbd',
      type: 'replicated',
      size: 1,
      minSize: 1,
      crushRule: 0,
      objectHash: 2,
      pgNum: 32,
      pgpNum: 8,
      lastChange: 32,
      flags: OsdPoolFlag.hashPsPool | OsdPoolFlag.poolSnaps,
      quotaBytes: 0n,
      quotaObjects: 77n,
      readTier: -1n,
      writeTier: -1n,
      stripeWidth: 0,
      erasureCodeProfile: '',
    })
    expect(map.poolByName('ecp')).toMatchObject({ size: 3, minSize: 2, stripeWidth: 8192, erasureCodeProfile: 'ec21' })
    expect(map.poolByName('two')).toBeUndefined()
  })

  test('tells of its OSDs and of the numbers that none has', () => {
    expect(map.osds.map((osd) => [osd.id, osdExists(osd), osdIsUp(osd), osdIsIn(osd)])).toEqual([
      [0, true, true, true],
      [1, false, false, false],
      [2, false, false, false],
      [3, false, false, false],
      [4, false, false, false],
    ])
    expect(map.osds[0]).toEqual({
      id: 0,
      state: OsdStateBit.exists | OsdStateBit.up,
      weight: 1,
      upFrom: 5,
      clientAddrs: EntityAddrVec.parse('v1:127.0.0.1:7131/10153'),
      clusterAddrs: EntityAddrVec.parse('v1:127.0.0.1:7132/10153'),
      heartbeatBackAddrs: EntityAddrVec.parse('v1:127.0.0.1:7134/10153'),
      heartbeatFrontAddrs: EntityAddrVec.parse('v1:127.0.0.1:7133/10153'),
    })
    expect(map.countOsds()).toEqual({ total: 1, up: 1, in: 1 })
  })

  test('is refused if any of its bytes is not as it was', () => {
    const bytes = readGolden('osd-map-epoch-40')
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const broken = bytes.slice()
        broken[at] = (broken[at] ?? 0) ^ mask
        expect(codeOf(() => OsdMap.decode(broken))).toMatch(BAD_BYTES)
      }),
    )
  })

  test('is refused if it ends too soon', () => {
    const bytes = readGolden('osd-map-epoch-6')
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => OsdMap.decode(bytes.subarray(0, length)))).toMatch(BAD_BYTES)
    }
  })

  test('keeps none of the bytes that it was read from', () => {
    const bytes = readGolden('osd-map-epoch-40')
    const read = OsdMap.decode(bytes)
    bytes.fill(0xaa)
    expect(read).toEqual(map)
  })
})

describe('changes of Ceph 16.2.15', () => {
  /** The maps that come of the changes one after the other. */
  function mapsOfChanges(): ReadonlyMap<number, OsdMap> {
    let map: OsdMap | undefined
    return new Map(
      [...goldenIncrementals()].map(([epoch, bytes]) => {
        const change = decodeOsdMapIncremental(bytes)
        map = map === undefined ? OsdMap.decode(change.fullMap ?? bytes) : map.apply(change)
        return [epoch, map]
      }),
    )
  }

  test('give the full maps that the monitor has', () => {
    const maps = mapsOfChanges()
    expect([...maps.keys()]).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    for (const epoch of [6, 15, 40]) {
      expect(maps.get(epoch)).toEqual(OsdMap.decode(readGolden(`osd-map-epoch-${epoch}`)))
    }
  })

  test('tell what happened to an OSD', () => {
    const maps = mapsOfChanges()
    const life: string[] = []
    for (const { osds } of maps.values()) {
      const osd = osds[1]
      const names = Object.entries(OsdStateBit).filter(([, bit]) => osd !== undefined && (osd.state & bit) !== 0)
      const now = osd === undefined ? 'none' : `${names.map(([name]) => name).join(' ')} ${osd.weight}`
      if (now !== life.at(-1)) life.push(now)
    }
    // As `osdmaptool --dump json` shows the full maps.
    expect(life).toEqual([
      'none',
      'exists isNew 1',
      'exists up 1',
      'exists up 0.5',
      'exists 0.5',
      'exists up 0.5',
      'exists 0.5',
      'exists 0',
      ' 0',
    ])
  })

  test('never change the map that they are applied to', () => {
    const before = OsdMap.decode(readGolden('osd-map-epoch-6'))
    const copy = OsdMap.decode(readGolden('osd-map-epoch-6'))
    const change = decodeOsdMapIncremental(goldenIncrementals().get(7)!)
    expect(before.apply(change)).not.toEqual(before)
    expect(before).toEqual(copy)
  })

  test('of another epoch or cluster are refused', () => {
    const map = OsdMap.decode(readGolden('osd-map-epoch-6'))
    const change = decodeOsdMapIncremental(goldenIncrementals().get(7)!)
    expect(() => map.apply({ ...change, epoch: 8 })).toThrow(/expected one to epoch 7 of 1111.*, got 8 of 1111/)
    expect(() => map.apply({ ...change, fsid: Uuid.zero() })).toThrow(/got 7 of 0000/)
  })

  test('are refused if any of their bytes is not as it was', () => {
    const changes = [...goldenIncrementals().values()]
    fc.assert(
      fc.property(fc.nat(39), fc.nat(), fc.integer({ min: 1, max: 255 }), (index, offset, mask) => {
        const broken = changes[index]!.slice()
        const at = offset % broken.length
        broken[at] = (broken[at] ?? 0) ^ mask
        expect(codeOf(() => decodeOsdMapIncremental(broken))).toMatch(BAD_BYTES)
      }),
    )
  })
})

describe('whatever a map or a change says, it is read or refused, and nothing else', () => {
  /** Some bytes that are others, and a checksum that fits all the same, so that what is behind it is tried. */
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })

  /** `behind`: bytes that come after the checksum, and count for it too. */
  function forge(bytes: Uint8Array, edits: readonly (readonly [number, number])[], behind: number): Uint8Array {
    const forged = bytes.slice()
    const crcAt = forged.length - 4 - behind
    for (const [offset, byte] of edits) forged[6 + (offset % (crcAt - 6))] = byte
    const head = crc32c(forged, 0xffff_ffff, 0, crcAt)
    forged.set(u32(crc32c(forged, head, crcAt + 4, forged.length)), crcAt)
    return forged
  }

  test('maps', () => {
    fc.assert(
      fc.property(fc.constantFrom(6, 15, 40), changes, (epoch, edits) => {
        const forged = forge(readGolden(`osd-map-epoch-${epoch}`), edits, 0)
        expect(codeOf(() => OsdMap.decode(forged))).toMatch(READ_OR_REFUSED)
      }),
      { numRuns: 500 },
    )
  })

  test('changes', () => {
    const all = [...goldenIncrementals()]
    const map = OsdMap.decode(readGolden('osd-map-epoch-15'))
    fc.assert(
      fc.property(fc.nat(all.length - 1), changes, (index, edits) => {
        const forged = forge(all[index]![1], edits, 4)
        expect(codeOf(() => map.apply(decodeOsdMapIncremental(forged)))).toMatch(READ_OR_REFUSED)
      }),
      { numRuns: 500 },
    )
  })
})

test('a map of more OSDs than there may be takes no memory', () => {
  const bytes = readGolden('osd-map-epoch-6')
  const map = OsdMap.decode(bytes)
  const at = Buffer.from(bytes).indexOf(Buffer.from([...u32(map.flags), ...u32(map.osds.length)])) + 4
  const huge = bytes.slice()
  huge.set(u32(0x7fff_ffff), at)
  const crcAt = huge.length - 4
  huge.set(u32(crc32c(huge, 0xffff_ffff, 0, crcAt)), crcAt)
  expect(() => OsdMap.decode(huge)).toThrow(/expected states of 2147483647 OSDs, at most 100000, got/)
  const change = decodeOsdMapIncremental(goldenIncrementals().get(7)!)
  expect(() => map.apply({ ...change, maxOsd: 0x7fff_ffff })).toThrow(/expected at most 100000 OSDs, got 2147483647/)
  expect(() => map.apply({ ...change, weights: new Map([[-1, 0]]) })).toThrow(/expected OSDs below 2, got -1/)
})

function u32(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer)
}
