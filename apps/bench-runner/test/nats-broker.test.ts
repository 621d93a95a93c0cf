import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { BenchError } from '../src/errors.ts'
import { NatsBroker } from '../src/nats-broker.ts'

const started = await NatsBroker.start().catch((error: unknown) => {
  if (error instanceof BenchError) return error
  throw error
})
const isMissing = started instanceof BenchError

test.skipIf(isMissing)('a broker listens where it says, until it is stopped', async () => {
  const broker = started as NatsBroker
  const [host = '', port = ''] = broker.address.split(':')
  const socket = connect({ host, port: Number(port) })
  const [greeting] = (await once(socket, 'data')) as [Buffer]
  expect(greeting.toString()).toMatch(/^INFO .*"max_payload":8/)
  expect(broker.cpuMicros).toBeGreaterThanOrEqual(0)
  socket.destroy()
  await broker.stop()
  await expect(once(connect({ host, port: Number(port) }), 'connect')).rejects.toThrow('ECONNREFUSED')
})

test('a program that is not there is told, with how to get it', async () => {
  await expect(NatsBroker.start('/nowhere/nats-server')).rejects.toMatchObject({
    code: 'ERR_BENCH_UNAVAILABLE',
    message: expect.stringContaining('apt-get install') as string,
  })
})

test('a program that does not start is told, with what it said', async () => {
  await expect(NatsBroker.start('/bin/false')).rejects.toMatchObject({ code: 'ERR_BENCH_UNAVAILABLE' })
})
