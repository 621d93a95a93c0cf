import { EntityAddrVec, FEATURES_ALL } from '@msgr/message'
import { expect, test } from 'vitest'
import { MOSDFailure } from '../src/m-osd-failure.ts'
import { readFront } from './read-front.ts'
import { readGolden } from './read-golden.ts'

test('what a real OSD reports is read, and written back byte for byte', () => {
  const golden = readGolden('osd-failure')
  const { fields } = readFront(MOSDFailure, golden)
  expect(fields).toMatchObject({ target: 1, mapEpoch: 10, hasFailed: true, isImmediate: false, failedForSeconds: 7 })
  expect(fields.targetAddrs).toEqual(EntityAddrVec.parse('[v2:127.0.0.1:7526/20543,v1:127.0.0.1:7527/20543]'))

  const written = new MOSDFailure(fields)
  written.encode(FEATURES_ALL)
  expect(written.front.toContiguous()).toEqual(golden)
})

test.each([
  [{ hasFailed: true, isImmediate: true }, 3],
  [{ hasFailed: true, isImmediate: false }, 1],
  [{ hasFailed: false, isImmediate: false }, 0],
])('%o goes into the flags', (flags, byte) => {
  const message = new MOSDFailure(flags)
  message.encode(FEATURES_ALL)
  expect(message.front.toContiguous().at(-5)).toBe(byte)
  expect(readFront(MOSDFailure, message.front.toContiguous()).fields).toMatchObject(flags)
})
