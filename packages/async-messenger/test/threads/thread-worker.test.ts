import { EpollDriver } from '@msgr/event-driver'
import { allocateUncleared } from '@msgr/messenger-core'
import { close, eventfd } from '@msgr/posix'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FdLedger } from '../../src/threads/fd-ledger.ts'
import { ReadMemory } from '../../src/threads/read-memory.ts'
import { ThreadWorker } from '../../src/threads/thread-worker.ts'

/** How a worker that finds nothing waits for so long: the timeouts of its driver's waits. */
function waitsOf(idlePollMicros: number, timeoutMs: number): readonly number[] {
  const wakeFd = eventfd()
  const ledger = new FdLedger(FdLedger.allocate())
  const settings = { driver: 'epoll', wakeFd, options: { idlePollMicros } } as const
  const worker = new ThreadWorker(settings, ledger, new ReadMemory(allocateUncleared))
  const eventWait = vi.spyOn(EpollDriver.prototype, 'eventWait')
  onTestFinished(() => {
    eventWait.mockRestore()
    worker.close()
    close(wakeFd)
  })
  expect(worker.center.processEvents(timeoutMs)).toBe(0)
  return eventWait.mock.calls.map(([waitMs]) => waitMs)
}

test('a worker sleeps at once', () => {
  expect(waitsOf(0, 2)).toEqual([2])
})

test('a worker that is to look for more first does so before it sleeps', () => {
  const waits = waitsOf(1000, 2)
  expect(waits.slice(0, -1).every((waitMs) => waitMs === 0)).toBe(true)
  expect(waits.length).toBeGreaterThan(1)
  expect(waits.at(-1)).toBeLessThanOrEqual(1)
})
