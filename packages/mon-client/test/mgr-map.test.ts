import { BufferEncoder, BufferList } from '@msgr/bufferlist'
import { EntityAddrVec, FEATURES_ALL } from '@msgr/message'
import { expect, test } from 'vitest'
import { mgrMapCodec, NO_MGR_MAP } from '../src/mgr-map.ts'
import { readGolden } from './read-golden.ts'

test('the map of two managers, as Ceph 16.2.15 wrote it, is read to its end', () => {
  const cursor = new BufferList(readGolden('m-mgr-map')).cursor()
  expect(mgrMapCodec.decode(cursor)).toEqual({
    epoch: 9,
    activeAddrs: EntityAddrVec.parse('[v1:127.0.0.1:7130/15258]'),
    activeGid: 4210n,
    isAvailable: true,
    activeName: 'x',
    standbys: new Map([[4209n, 'y']]),
    enabledModules: [],
    services: new Map(),
  })
  expect(cursor.isAtEnd).toBe(true)
})

test('a map is written as version 12, which is empty behind what clients need', () => {
  const encoder = new BufferEncoder()
  mgrMapCodec.encode(encoder, NO_MGR_MAP, FEATURES_ALL)
  const bytes = encoder.toBufferList().toContiguous()
  expect([...bytes.subarray(0, 2)]).toEqual([12, 6])
  // epoch, marker and count of addresses, gid, available, name, standbys, modules, services; then what is left empty.
  expect(bytes.length).toBe(6 + (4 + 5 + 8 + 1 + 4 + 4 + 4 + 4) + (4 + 8 + 4 + 8 + 4 + 4 + 4))
})

test('a map from before addresses could be several is refused', () => {
  const bytes = readGolden('m-mgr-map').slice()
  bytes.set([5, 5])
  expect(() => mgrMapCodec.decode(new BufferList(bytes).cursor())).toThrow(/expected version 6 or newer, got 5/)
})
