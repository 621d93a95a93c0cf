import { BufferList, Uuid } from '@msgr/bufferlist'
import { expect, test } from 'vitest'
import { osdSuperblockCodec } from '../src/osd-superblock.ts'
import { readGolden } from './read-golden.ts'

test('one of version 9 is read, which lacks the last field', () => {
  const superblock = osdSuperblockCodec.decode(new BufferList(readGolden('osd-superblock-9')).cursor())
  expect(superblock).toEqual({
    clusterFsid: Uuid.fromBytes(new Uint8Array(16).fill(1)),
    whoami: 3,
    currentEpoch: 4,
    oldestMap: 5,
    newestMap: 9,
    weight: 0,
    compat: new Map(),
    roCompat: new Map(),
    incompat: new Map(),
    cleanThru: 7,
    mounted: 8,
    osdFsid: Uuid.fromBytes(new Uint8Array(16).fill(2)),
    purgedSnapsLast: 0,
    lastPurgedSnapsScrub: { seconds: 0, nanoseconds: 0 },
    trimLowerBound: 0,
  })
})
