import { Uuid } from '@msgr/bufferlist'
import { EntityAddr } from '@msgr/message'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Finding } from '../src/m-failure-report.ts'
import { Monitor } from '../src/monitor.ts'

const GRACE_MS = 20_000
const NOW_MS = 1_000_000

function addresses(port: number): { front: EntityAddr; back: EntityAddr } {
  return { front: EntityAddr.fromIp('v1', '127.0.0.1', port), back: EntityAddr.fromIp('v1', '127.0.0.1', port + 1) }
}

let monitor: Monitor

/** Five OSDs; osd.N came up in epoch N + 1. */
beforeEach(() => {
  monitor = new Monitor(Uuid.zero(), { minReporters: 2, graceMs: GRACE_MS })
  for (let id = 0; id < 5; id++) monitor.boot(id, addresses(1000 + 10 * id))
})

function report(reporter: number, target: number, finding: Finding, failedForMs = GRACE_MS, atMs = NOW_MS): boolean {
  const targetUpFrom = monitor.map.get(target)?.upFrom ?? 0
  return monitor.report(reporter, { target, targetUpFrom, finding, failedForMs }, atMs)
}

describe('booting', () => {
  test('makes a map in which the OSD is up', () => {
    const [map, ...more] = monitor.boot(7, addresses(1))
    expect(more).toEqual([])
    expect([map!.epoch, map!.get(7)]).toEqual([6, { id: 7, isUp: true, upFrom: 6, downAt: 0, ...addresses(1) }])
    expect(monitor.map).toBe(map)
  })

  test('again at the same addresses changes nothing', () => {
    expect(monitor.boot(2, addresses(1020))).toEqual([])
  })

  test('at other addresses ends the life before it first', () => {
    const maps = monitor.boot(2, addresses(1))
    expect(maps.map((map) => [map.epoch, map.isUp(2)])).toEqual([
      [6, false],
      [7, true],
    ])
  })
})

describe('silence', () => {
  test('takes two reporters', () => {
    expect(report(0, 4, 'silence')).toBe(true)
    expect(report(0, 4, 'silence')).toBe(true)
    expect(monitor.checkFailures(NOW_MS)).toEqual([])
    report(3, 4, 'silence')
    const [marked] = monitor.checkFailures(NOW_MS)
    expect(marked).toMatchObject({ id: 4, reporters: [0, 3], findings: ['silence', 'silence'] })
    expect([monitor.map.epoch, monitor.map.isUp(4), monitor.map.get(4)!.downAt]).toEqual([6, false, 6])
  })

  test('counts once it has lasted for the grace time, also if nobody reports again', () => {
    report(0, 4, 'silence', 15_000)
    report(1, 4, 'silence', 14_000)
    expect(monitor.checkFailures(NOW_MS + 5999)).toEqual([])
    expect(monitor.checkFailures(NOW_MS + 6000)).toHaveLength(1)
  })

  test('is taken back', () => {
    report(0, 4, 'silence')
    report(0, 4, 'alive', 0)
    report(1, 4, 'silence')
    expect(monitor.checkFailures(NOW_MS)).toEqual([])
  })
})

describe('a refused connection', () => {
  test('needs no grace time, but as many reporters', () => {
    report(0, 4, 'refused', 0)
    expect(monitor.checkFailures(NOW_MS)).toEqual([])
    report(1, 4, 'refused', 0)
    expect(monitor.checkFailures(NOW_MS)).toHaveLength(1)
  })
})

describe('a report does not count', () => {
  test('if its reporter is down, or not there', () => {
    report(0, 4, 'refused')
    report(1, 4, 'refused')
    monitor.checkFailures(NOW_MS)
    expect(report(4, 2, 'silence')).toBe(false)
    expect(report(9, 2, 'silence')).toBe(false)
    report(0, 2, 'silence')
    expect(monitor.checkFailures(NOW_MS)).toEqual([])
  })

  test('if it is about an earlier life', () => {
    monitor.boot(4, addresses(1))
    expect(monitor.report(0, { target: 4, targetUpFrom: 5, finding: 'refused', failedForMs: 0 }, NOW_MS)).toBe(false)
  })

  test('if it is about someone who is down, not there, or the reporter himself', () => {
    report(0, 4, 'refused')
    report(1, 4, 'refused')
    monitor.checkFailures(NOW_MS)
    expect([report(0, 4, 'refused'), report(0, 9, 'refused'), report(0, 0, 'refused')]).toEqual([false, false, false])
  })
})

test('with a reporter goes what it has reported', () => {
  report(4, 2, 'silence')
  report(0, 4, 'refused')
  report(1, 4, 'refused')
  monitor.checkFailures(NOW_MS)
  report(0, 2, 'silence')
  expect(monitor.checkFailures(NOW_MS)).toEqual([])
  expect(monitor.map.isUp(2)).toBe(true)
})

test('of two that accuse each other only one goes down', () => {
  monitor = new Monitor(Uuid.zero(), { minReporters: 1, graceMs: GRACE_MS })
  for (const id of [0, 1]) monitor.boot(id, addresses(1000 + 10 * id))
  report(0, 1, 'silence')
  report(1, 0, 'silence')
  expect(monitor.checkFailures(NOW_MS).map(({ id }) => id)).toEqual([1])
  expect(monitor.map.upIds).toEqual([0])
})

test('what was said of an earlier life is forgotten with it', () => {
  report(0, 4, 'refused')
  monitor.boot(4, addresses(1))
  report(1, 4, 'refused')
  expect(monitor.checkFailures(NOW_MS)).toEqual([])
})
