import { Uuid } from '@msgr/bufferlist'
import type { MOSDMapFields } from '@msgr/mon-client'
import { expect, test } from 'vitest'
import { OsdMapView } from '../src/osd-map-view.ts'
import { readGolden } from './read-golden.ts'

/** What comes in one message. */
function mapsOf(whole: readonly number[], changes: readonly number[]): MOSDMapFields {
  return {
    fsid: Uuid.zero(),
    maps: new Map(whole.map((epoch) => [epoch, readGolden(`osd-map-${epoch}`)])),
    incrementals: new Map(changes.map((epoch) => [epoch, readGolden(`osd-map-change-${epoch}`)])),
    oldestEpoch: 1,
    newestEpoch: Math.max(...whole, ...changes),
  }
}

test('follows an OSD that goes down and comes up again, and keeps the changes for others', () => {
  const view = new OsdMapView()
  expect(view.apply(mapsOf([9], []))).toBe(true)
  expect(view.isUp(1)).toBe(true)
  expect(view.changesFrom(9)).toBeUndefined()

  expect(view.apply(mapsOf([], [10, 11]))).toBe(true)
  expect(view.epoch).toBe(11)
  expect(view.osds.map(({ id, upFrom }) => [id, upFrom, view.isUp(id)])).toEqual([
    [0, 9, true],
    [1, 6, false],
  ])

  expect(view.apply(mapsOf([], [12, 13]))).toBe(true)
  expect(view.isUp(1)).toBe(true)
  expect(view.get(1)?.upFrom).toBe(13)
  expect([...(view.changesFrom(12) ?? [])]).toEqual([12, 13].map((e) => [e, readGolden(`osd-map-change-${e}`)]))
})

test('passes over what it knows, and what does not follow on it', () => {
  const view = new OsdMapView()
  expect(view.apply(mapsOf([], [10]))).toBe(false)
  view.apply(mapsOf([9], [10]))
  expect(view.epoch).toBe(10)
  expect(view.apply(mapsOf([9], [10]))).toBe(false)
  expect(view.apply(mapsOf([], [12]))).toBe(false)
  expect(view.epoch).toBe(10)
})

test('one that is down is dead to maps before it went, until it is up again', () => {
  const view = new OsdMapView()
  view.apply(mapsOf([9], [10, 11]))
  expect([7, 1, 0].map((id) => view.deadBefore.get(id))).toEqual([undefined, 11, 0])
  view.apply(mapsOf([], [12, 13]))
  expect(view.deadBefore.get(1)).toBe(0)
})
