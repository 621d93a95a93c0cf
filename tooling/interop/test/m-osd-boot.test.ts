import { Uuid } from '@msgr/bufferlist'
import { EntityAddrVec, FEATURES_ALL } from '@msgr/message'
import { expect, test } from 'vitest'
import { MOSDBoot } from '../src/m-osd-boot.ts'
import { readFront } from './read-front.ts'
import { readGolden } from './read-golden.ts'

test('what a real OSD boots with is read, and written back byte for byte', () => {
  const golden = readGolden('osd-boot')
  const { fields } = readFront(MOSDBoot, golden)
  expect(fields).toMatchObject({ mapEpoch: 8, bootEpoch: 0, osdFeatures: FEATURES_ALL })
  expect(fields.hbBackAddrs).toEqual(EntityAddrVec.parse('[v2:127.0.0.1:7516/20711,v1:127.0.0.1:7517/20711]'))
  expect(fields.hbFrontAddrs).toEqual(EntityAddrVec.parse('[v2:127.0.0.1:7514/20711,v1:127.0.0.1:7515/20711]'))
  expect(fields.clusterAddrs).toEqual(EntityAddrVec.parse('[v2:127.0.0.1:7512/20711,v1:127.0.0.1:7513/20711]'))
  expect(fields.metadata.get('ceph_version_short')).toBe('16.2.15')
  expect(fields.superblock).toMatchObject({
    clusterFsid: Uuid.parse('a3b2978a-e166-4819-bc32-4b91649c4a91'),
    osdFsid: Uuid.parse('a590f5ee-43c6-4b40-925f-c28b523bd06e'),
    whoami: 0,
    currentEpoch: 8,
  })

  const written = new MOSDBoot(fields)
  written.encode(FEATURES_ALL)
  expect(written.front.toContiguous()).toEqual(golden)
})
