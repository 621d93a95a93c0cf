import { nextTurn, until } from '@msgr-tooling/vitest-preset/until'
import { EVENT_READABLE } from '@msgr/event-driver'
import { close, getSockName, write } from '@msgr/posix'
import { expect, test } from 'vitest'
import { InlineWorker } from '../src/inline-worker.ts'
import { connectedPair } from './sockets.ts'

for (const driver of ['epoll', 'select'] as const) {
  test(`on ${driver}, a descriptor that turns readable is noticed without anyone asking`, async () => {
    const worker = new InlineWorker(driver)
    const [ours, theirs] = await connectedPair()
    worker.acquire(ours)
    const called = new Promise<number>((resolve) => {
      worker.center.createFileEvent(ours, EVENT_READABLE, (fd) => {
        worker.center.deleteFileEvent(fd, EVENT_READABLE)
        resolve(fd)
      })
    })
    write(theirs, Uint8Array.of(1), 0, 1)
    expect(await called).toBe(ours)
    worker.release(ours)
    worker.close()
    close(theirs)
  })

  test(`on ${driver}, timers and external events of the center run by themselves`, async () => {
    const worker = new InlineWorker(driver)
    const order: string[] = []
    worker.center.createTimeEvent(5, () => order.push('timer'))
    worker.center.dispatchEventExternal(() => order.push('external'))
    await until(() => order.length === 2)
    expect(order).toEqual(['external', 'timer'])
    worker.close()
  })
}

test('a descriptor that was released is closed on the next turn, not before', async () => {
  const worker = new InlineWorker('epoll')
  const [ours, theirs] = await connectedPair()
  worker.acquire(ours)
  worker.release(ours)
  expect(getSockName(ours).address).toBe('127.0.0.1')
  await nextTurn()
  await nextTurn()
  expect(() => getSockName(ours)).toThrow('EBADF')
  worker.close()
  close(theirs)
})

test('closing a worker closes the descriptors that were released', async () => {
  const worker = new InlineWorker('epoll')
  const [ours, theirs] = await connectedPair()
  worker.acquire(ours)
  worker.release(ours)
  worker.close()
  expect(() => getSockName(ours)).toThrow('EBADF')
  close(theirs)
})

test('what is to be written at the end of a turn comes after the microtasks that were queued before', async () => {
  const worker = new InlineWorker('epoll')
  const order: string[] = []
  queueMicrotask(() => {
    order.push('dispatch')
    queueMicrotask(() => order.push('later'))
  })
  worker.atEndOfTurn(() => order.push('write one'))
  worker.atEndOfTurn(() => order.push('write two'))
  await nextTurn()
  expect(order).toEqual(['dispatch', 'write one', 'write two', 'later'])
  worker.close()
})

test('memory that is kept is not read into again', () => {
  const worker = new InlineWorker('epoll')
  const { slab } = worker
  expect(worker.slabAt).toBe(0)
  worker.keepRead(1000)
  expect(worker.slab).toBe(slab)
  expect(worker.slabAt).toBe(1000)
  worker.keepRead(slab.length - 1000 - 100)
  expect(worker.slab).not.toBe(slab)
  expect(worker.slabAt).toBe(0)
  worker.close()
})

test.each([
  ['after a descriptor turned readable', (_: InlineWorker, peer: number) => void write(peer, Uint8Array.of(1), 0, 1)],
  ['when an answer may come', (worker: InlineWorker) => worker.expectAnswer()],
])('the event loop does not sleep for a while %s, if that is wanted', async (_, begin) => {
  const sleptMs = async (idlePollMicros: number): Promise<number> => {
    const worker = new InlineWorker('epoll', idlePollMicros)
    const [ours, theirs] = await connectedPair()
    worker.acquire(ours)
    let wasRead = false
    worker.center.createFileEvent(ours, EVENT_READABLE, (fd) => {
      worker.center.deleteFileEvent(fd, EVENT_READABLE)
      wasRead = true
    })
    begin(worker, theirs)
    if (begin.length > 1) await until(() => wasRead)
    const before = performance.eventLoopUtilization()
    await new Promise((resolve) => setTimeout(resolve, 10))
    const { idle } = performance.eventLoopUtilization(before)
    worker.release(ours)
    worker.close()
    close(theirs)
    return idle
  }
  expect(await sleptMs(1_000_000)).toBe(0)
  // Without it the loop sleeps, if nothing else keeps the processor for all of the time.
  while ((await sleptMs(0)) === 0);
})
