import { nextTurn, until } from '@msgr-tooling/vitest-preset/until'
import { NetHandler } from '@msgr/net-handler'
import { close } from '@msgr/posix'
import { expect, test } from 'vitest'
import { Processor } from '../src/processor.ts'
import { InlineWorker } from '../src/inline-worker.ts'

const ANY_PORT = { address: '127.0.0.1', port: 0, family: 4 } as const

function makeProcessor(): {
  worker: InlineWorker
  processor: Processor
  accepted: number[]
  log: string[]
  dial: () => number
} {
  const net = new NetHandler()
  const worker = new InlineWorker('epoll')
  const accepted: number[] = []
  const log: string[] = []
  const listener = net.listenAt(ANY_PORT, 16)
  const processor = new Processor(listener, worker, {
    type: 'v1',
    logger: (_level, text) => log.push(text),
    maxAcceptFailures: 4,
    onSocket: (fd) => accepted.push(fd),
  })
  const dial = (): number => net.nonblockConnect({ ...ANY_PORT, port: processor.addr.port })
  return { worker, processor, accepted, log, dial }
}

test('it takes all who wait, but only once it was started', async () => {
  const { worker, processor, accepted, dial } = makeProcessor()
  const dialled = [dial(), dial(), dial()]
  for (let i = 0; i < 10; i++) await nextTurn()
  expect(accepted).toEqual([])
  processor.start()
  await until(() => accepted.length === 3)
  expect(new Set(accepted).size).toBe(3)
  await processor.close()
  worker.close()
  for (const fd of [...dialled, ...accepted]) close(fd)
})

test('its address is where it really listens, and free again once it is closed', async () => {
  const { worker, processor } = makeProcessor()
  const { host, port } = processor.addr
  expect(host).toBe('127.0.0.1')
  expect(port).toBeGreaterThan(0)
  await processor.close()
  await processor.close()
  const again = new NetHandler().listenAt({ ...ANY_PORT, port }, 1)
  close(again)
  worker.close()
})

test('when accept keeps failing it says so once, and rests instead of spinning', async () => {
  // A socket that does not listen: it looks ready, and accept on it fails each time.
  const worker = new InlineWorker('epoll')
  const log: string[] = []
  const fd = new NetHandler().createSocket(4)
  const processor = new Processor(fd, worker, {
    type: 'v2',
    logger: (_level, text) => log.push(text),
    maxAcceptFailures: 2,
    onSocket: () => expect.unreachable(),
  })
  processor.start()
  await until(() => log.length > 0)
  for (let i = 0; i < 20; i++) await nextTurn()
  expect(log).toEqual(['accept at v2:0.0.0.0:0/0: EINVAL; resting for 1000 ms'])
  await processor.close()
  worker.close()
})
