import { expect, test } from 'vitest'
import { MOSDBeacon } from '../src/m-osd-beacon.ts'
import { readFront } from './read-front.ts'
import { readGolden } from './read-golden.ts'

test('the beacon of a real OSD is read, and written back byte for byte', () => {
  const golden = readGolden('osd-beacon')
  const { fields } = readFront(MOSDBeacon, golden)
  expect(fields).toMatchObject({ mapEpoch: 9, minLastEpochClean: 0, reportIntervalSeconds: 5 })

  const written = new MOSDBeacon(fields)
  written.encode(0n)
  expect(written.front.toContiguous()).toEqual(golden)
})
