import { EntityAddrVec } from '@msgr/message'
import { expect, test } from 'vitest'
import { readMapChange, readWholeMap } from '../src/osd-map-parts.ts'
import { readGolden } from './read-golden.ts'

function places(firstPort: number, nonce: number): Record<string, EntityAddrVec> {
  const addrs = (port: number): EntityAddrVec =>
    EntityAddrVec.parse(`[v2:127.0.0.1:${port}/${nonce},v1:127.0.0.1:${port + 1}/${nonce}]`)
  return {
    client: addrs(firstPort),
    cluster: addrs(firstPort + 2),
    hbFront: addrs(firstPort + 4),
    hbBack: addrs(firstPort + 6),
  }
}

test('a whole map says who is up, since when and where', () => {
  expect(readWholeMap(readGolden('osd-map-9'))).toEqual({
    epoch: 9,
    osds: [
      { state: 3, upFrom: 9, downAt: 7, ...places(7510, 20711) },
      { state: 3, upFrom: 6, downAt: 0, ...places(7526, 20543) },
    ],
  })
})

test('a change says who went down', () => {
  const { epoch, whole, cameUp, states } = readMapChange(readGolden('osd-map-change-11'))
  expect({ epoch, whole, cameUp, states }).toEqual({
    epoch: 11,
    whole: undefined,
    cameUp: new Map(),
    states: new Map([[1, 2]]),
  })
})

test('a change says who came up, and where', () => {
  const { epoch, cameUp } = readMapChange(readGolden('osd-map-change-13'))
  expect(epoch).toBe(13)
  expect([...cameUp.keys()]).toEqual([1])
  expect(cameUp.get(1)?.client.legacyAddr().toString()).toBe('v1:127.0.0.1:7527/20543')
})

test('bytes that end too soon are no map', () => {
  const bytes = readGolden('osd-map-9')
  expect(() => readWholeMap(bytes.subarray(0, 500))).toThrow('OSD map')
})
