import { beforeEach, expect, test } from 'vitest'
import { ClusterWatch, type ClusterEvent } from '../src/cluster-watch.ts'
import type { FromMonitor, LinkNews } from '../src/process-protocol.ts'

let watch: ClusterWatch
let events: ClusterEvent[]

beforeEach(() => {
  watch = new ClusterWatch(() => 5)
  events = []
  watch.listen((event) => {
    if (event !== undefined) events.push(event)
  })
})

function map(epoch: number, ...osds: (readonly [id: number, isUp: boolean, upFrom: number])[]): FromMonitor {
  const entries = osds.map(([id, isUp, upFrom]) => ({ id, isUp, upFrom, front: 'f', back: 'b' }))
  return { kind: 'map', map: { epoch, osds: entries }, peers: [[0, [1]]] }
}

function link(changes: Partial<LinkNews>): LinkNews {
  return { peer: 1, pings: 0, missed: 0, waiting: 0, rttsMs: { front: [], back: [] }, ...changes }
}

test('who comes up is told, and again after a change of life that nobody saw', () => {
  watch.monitorTells(map(1, [0, true, 1]))
  watch.monitorTells(map(2, [0, true, 1], [1, true, 2]))
  watch.monitorTells(map(4, [0, true, 4], [1, true, 2]))
  expect(events).toEqual([
    { kind: 'up', id: 0, epoch: 1 },
    { kind: 'up', id: 1, epoch: 2 },
    { kind: 'up', id: 0, epoch: 4 },
  ])
  expect([watch.upIds, watch.isUp(1), watch.peersOf(0), watch.peersOf(1)]).toEqual([[0, 1], true, [1], []])
})

test('pings are added up by who is pinged, and answers by link as well', () => {
  watch.osdTells(0, { kind: 'links', links: [link({ pings: 4, waiting: 1, rttsMs: { front: [1, 2], back: [3] } })] })
  watch.osdTells(2, { kind: 'links', links: [link({ pings: 2, missed: 1, rttsMs: { front: [], back: [9] } })] })
  const counts = watch.pingsTo(1)
  expect([counts.pings, counts.answered, counts.missed, counts.waitingCount]).toEqual([6, 4, 1, 1])
  expect(watch.replies(0, 1)).toEqual({ front: 2, back: 1 })
  expect(watch.replies(2, 1)).toEqual({ front: 0, back: 1 })
  expect(watch.all.figures).toMatchObject({ min: 1, max: 9 })
})

test('with a process go the pings that it waited for', () => {
  watch.osdTells(0, { kind: 'map', epoch: 3 })
  watch.osdTells(0, { kind: 'links', links: [link({ pings: 4, waiting: 3, rttsMs: { front: [1], back: [] } })] })
  expect(watch.epochOf(0)).toBe(3)
  watch.osdEnded(0)
  expect(watch.epochOf(0)).toBe(0)
  expect([watch.pingsTo(1).pings, watch.pingsTo(1).waitingCount]).toEqual([1, 0])
})

test('events are kept with their time', () => {
  watch.monitorTells({ kind: 'markedDown', id: 1, epoch: 9, reporters: [0, 2], findings: ['refused', 'silence'] })
  watch.osdTells(1, { kind: 'wronglyMarkedDown', epoch: 9 })
  expect(watch.events).toEqual([
    { atMs: 5, event: { kind: 'down', id: 1, epoch: 9, reporters: [0, 2], findings: ['refused', 'silence'] } },
    { atMs: 5, event: { kind: 'wronglyMarkedDown', id: 1, epoch: 9 } },
  ])
})

test('who has stopped listening hears nothing', () => {
  const stop = watch.listen(() => {
    throw new Error('it should not hear this')
  })
  stop()
  watch.monitorTells({ kind: 'listening', addr: 'v1:127.0.0.1:1/0' })
  expect(watch.monitorAddr).toBe('v1:127.0.0.1:1/0')
})
