import { BufferEncoder, encodeStruct, string, utime, Uuid, uuid, vectorOf } from '@msgr/bufferlist'
import { EntityAddrVec, entityAddrVecCodec, FEATURES_ALL } from '@msgr/message'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMonMap, encodeMonMap, NO_MON_MAP, type MonMap } from '../src/mon-map.ts'
import { readGolden } from './read-golden.ts'

expect.addEqualityTesters([(a, b) => (a instanceof Uuid && b instanceof Uuid ? a.equals(b) : undefined)])

const FSID = Uuid.parse('11111111-2222-3333-4444-555555555555')

function monitor(name: string, addrs: string, more: object = {}) {
  return { name, addrs: EntityAddrVec.parse(addrs), priority: 0, weight: 0, crushLocation: new Map(), ...more }
}

test('the map of two monitors is read as `ceph mon dump` shows it', () => {
  expect(decodeMonMap(readGolden('mon-map-two-mons'))).toEqual({
    fsid: Uuid.parse('afc88ae6-8e23-43bd-a02b-a69708d7e272'),
    epoch: 6,
    lastChanged: { seconds: 1795349830, nanoseconds: 690329252 },
    created: { seconds: 1795349799, nanoseconds: 319817207 },
    persistentFeatures: 255n,
    optionalFeatures: 0n,
    mons: [
      monitor('a', '[v2:127.0.0.1:7311/0,v1:127.0.0.1:7111/0]', {
        crushLocation: new Map([
          ['datacenter', 'dc1'],
          ['rack', 'r2'],
        ]),
      }),
      monitor('b', '[v2:127.0.0.1:7312/0,v1:127.0.0.1:7112/0]', { weight: 7 }),
    ],
    minMonRelease: 16,
    removedRanks: new Set([2]),
    electionStrategy: 2,
    disallowedLeaders: new Set(['b']),
    isStretchModeEnabled: false,
    tiebreakerMon: '',
    markedDownMons: new Set(),
  } satisfies MonMap)
})

test('addresses of every kind are read', () => {
  const { mons } = decodeMonMap(readGolden('mon-map-ipv6'))
  expect(mons.map(({ name, addrs }) => `${name} ${addrs.toString()}`)).toEqual([
    'a [v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]',
    'b v1:10.0.0.2:6789/0',
    'c [v2:[fd00::3]:3300/0,v1:[fd00::3]:6789/0]',
  ])
})

test.each(['mon-map-two-mons', 'mon-map-ipv6'])('%s is written byte for byte', (name) => {
  const bytes = readGolden(name)
  expect(Buffer.from(encodeMonMap(decodeMonMap(bytes))).toString('hex')).toBe(Buffer.from(bytes).toString('hex'))
})

/** What the fields of older versions have in common, as Nautilus and Octopus wrote them. */
function encodeOld(version: number, infoVersion: number): Uint8Array {
  const encoder = new BufferEncoder()
  encodeStruct(encoder, version, 6, () => {
    uuid.encode(encoder, FSID)
    encoder.writeUInt32LE(3)
    for (const seconds of [20, 10]) utime.encode(encoder, { seconds, nanoseconds: 0 })
    for (const bits of [15n, 1n]) encodeStruct(encoder, 1, 1, () => encoder.writeBigUInt64LE(bits))
    encoder.writeUInt32LE(1).writeString('a')
    encodeStruct(encoder, infoVersion, 1, () => {
      encoder.writeString('a')
      entityAddrVecCodec.encode(encoder, EntityAddrVec.parse('v1:10.0.0.1:6789/0'), FEATURES_ALL)
      encoder.writeUInt16LE(4)
      if (infoVersion >= 4) encoder.writeUInt16LE(9)
    })
    vectorOf(string).encode(encoder, ['a'])
    if (version >= 7) encoder.writeUInt8(15)
    if (version >= 8) encoder.writeUInt32LE(1).writeInt32LE(5).writeUInt8(3).writeUInt32LE(1).writeString('b')
  })
  return encoder.toBufferList().toContiguous()
}

const OLD_FIELDS = {
  ...NO_MON_MAP,
  fsid: FSID,
  epoch: 3,
  lastChanged: { seconds: 20, nanoseconds: 0 },
  created: { seconds: 10, nanoseconds: 0 },
  persistentFeatures: 15n,
  optionalFeatures: 1n,
}

test.each([
  [6, 3, { mons: [monitor('a', 'v1:10.0.0.1:6789/0', { priority: 4 })] }],
  [7, 4, { mons: [monitor('a', 'v1:10.0.0.1:6789/0', { priority: 4, weight: 9 })], minMonRelease: 15 }],
  [
    8,
    4,
    {
      mons: [monitor('a', 'v1:10.0.0.1:6789/0', { priority: 4, weight: 9 })],
      minMonRelease: 15,
      removedRanks: new Set([5]),
      electionStrategy: 3,
      disallowedLeaders: new Set(['b']),
    },
  ],
])('version %i is read', (version, infoVersion, fields) => {
  expect(decodeMonMap(encodeOld(version, infoVersion))).toEqual({ ...OLD_FIELDS, ...fields })
})

test('version 5, which has no ranks, is refused', () => {
  expect(() => decodeMonMap(encodeOld(5, 3))).toThrow(/expected version 6 or newer, got 5/)
})

test('ranks and monitors must be of each other', () => {
  const one = { ...NO_MON_MAP, mons: [monitor('a', 'v1:10.0.0.1:6789/0')] }
  const twice = { ...one, mons: [...one.mons, ...one.mons] }
  expect(() => decodeMonMap(encodeMonMap(twice))).toThrow(/expected 1 ranks, got 2/)
  const bytes = encodeMonMap(one)
  bytes[Buffer.from(bytes).lastIndexOf('a')] = 0x62
  expect(() => decodeMonMap(bytes)).toThrow(/expected a monitor for each rank/)
})

const name = fc.string({ minLength: 1, maxLength: 8 })
const stamp = fc.record({ seconds: fc.nat(0xffff_ffff), nanoseconds: fc.nat(999_999_999) })
const names = fc.array(name, { maxLength: 3 }).map((all) => new Set(all))
const arbitraryMap: fc.Arbitrary<MonMap> = fc.record({
  fsid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Uuid.fromBytes(bytes)),
  epoch: fc.nat(0xffff_ffff),
  lastChanged: stamp,
  created: stamp,
  persistentFeatures: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  optionalFeatures: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  mons: fc.uniqueArray(
    fc.record({
      name,
      addrs: fc
        .constantFrom('[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]', 'v1:[fe80::1]:1/0')
        .map((text) => EntityAddrVec.parse(text)),
      priority: fc.nat(0xffff),
      weight: fc.nat(0xffff),
      crushLocation: fc.array(fc.tuple(name, name), { maxLength: 2 }).map((pairs) => new Map(pairs)),
    }),
    { selector: (mon) => mon.name, maxLength: 4 },
  ),
  minMonRelease: fc.nat(255),
  removedRanks: fc.array(fc.nat(0xffff_ffff), { maxLength: 3 }).map((ranks) => new Set(ranks)),
  electionStrategy: fc.nat(255),
  disallowedLeaders: names,
  isStretchModeEnabled: fc.boolean(),
  tiebreakerMon: name,
  markedDownMons: names,
})

test('what is written is read back, monitors in the order of their ranks', () => {
  fc.assert(
    fc.property(arbitraryMap, (map) => {
      expect(decodeMonMap(encodeMonMap(map))).toEqual(map)
    }),
  )
})
