import { randomUUID } from 'node:crypto'
import { ClusterProtocol, createMessenger, EntityAddr, EntityName, EntityType, Policies } from '@msgr/messenger'
import { isAvailable } from '@msgr/posix'
import { MOSDPing, MOSDPingOp, type MOSDPingFields } from '@msgr-apps/heartbeat-demo'
import { describe, expect, test } from 'vitest'
import { pingClientAnswers, pingServerAnswers } from '../src/ping-answers.ts'
import type { PingTarget } from '../src/ping-load.ts'
import { inProcess } from './in-process.ts'

const pinging = { fsid: randomUUID(), osd: 1, upFrom: 1 }
const kinds = isAvailable() ? (['async', 'simple'] as const) : (['simple'] as const)

async function listen(
  messenger: 'async' | 'simple',
  padding: number,
): Promise<{ server: ReturnType<typeof pingServerAnswers>; target: PingTarget }> {
  const server = pingServerAnswers()
  const listening = await server.listen({ messenger, fsid: pinging.fsid, mapEpoch: 7, padding })
  if ('unavailable' in listening) throw new Error(listening.unavailable)
  return { server, target: { pinging, address: listening.address, mapEpoch: 7, padding } }
}

describe.each(kinds)('pings to an OSD on %s', (messenger) => {
  test.each([0, 2000])('are answered in order, padded to %i bytes', async (padding) => {
    const { server, target } = await listen(messenger, padding)
    const client = inProcess(pingClientAnswers())
    await client.ask('connect', target)
    const first = await client.ask('run', { durationMs: 20 })
    expect(first.pingCount).toBeGreaterThanOrEqual(64)
    expect(first.elapsedMs).toBeGreaterThan(0)
    expect((await client.ask('run', { durationMs: 20 })).pingCount).toBeGreaterThanOrEqual(64)
    await client.ask('close', null)
    await server.close(null)
  })

  test('that are answered with another padding than asked for give no figures', async () => {
    const { server, target } = await listen(messenger, 2000)
    const client = pingClientAnswers()
    await client.connect({ ...target, padding: 0 })
    const running = client.run({ durationMs: 20 })
    await expect(running).rejects.toMatchObject({
      code: 'ERR_BENCH_REPLY',
      message: 'answer 0: expected it padded to 29 bytes, got 2000',
    })
    await client.close(null)
    await server.close(null)
  })

  test('to nobody give no figures', async () => {
    const { server, target } = await listen(messenger, 0)
    await server.close(null)
    const client = pingClientAnswers()
    await client.connect(target)
    await expect(client.run({ durationMs: 20 })).rejects.toMatchObject({ code: 'ERR_BENCH_CONNECTION' })
    await client.close(null)
  })
})

const wrongAnswers: readonly (readonly [string, string, (ping: MOSDPingFields) => Partial<MOSDPingFields>])[] = [
  ['another stamp', 'expected stamp ', ({ monoPingStamp }) => ({ monoPingStamp: monoPingStamp + 1n })],
  ['word that it is down', 'was told to be down', () => ({ op: MOSDPingOp.youDied })],
  ['its own ping', `expected operation ${MOSDPingOp.pingReply}, got ${MOSDPingOp.ping}`, ({ op }) => ({ op })],
]

test.each(wrongAnswers)('a ping that gets %s back gives no figures', async (_, text, change) => {
  const messenger = createMessenger(EntityName.osd(0), { type: 'simple', messages: [MOSDPing] })
  messenger.setPolicy(EntityType.osd, Policies.statelessServer())
  messenger.setClusterProtocol(ClusterProtocol.osd)
  messenger.addDispatcherHead({
    msDispatch: (message) => {
      if (!(message instanceof MOSDPing)) return false
      const answer = { ...message.fields, op: MOSDPingOp.pingReply, ...change(message.fields) }
      message.connection?.sendMessage(new MOSDPing(answer))
      return true
    },
  })
  const addr = await messenger.bind(EntityAddr.fromIp('v1', '127.0.0.1', 0))
  const client = pingClientAnswers()
  await client.connect({ pinging, address: addr.toString(), mapEpoch: 7, padding: 0 })
  const failure = { code: 'ERR_BENCH_REPLY', message: expect.stringContaining(text) as string }
  await expect(client.run({ durationMs: 20 })).rejects.toMatchObject(failure)
  await client.close(null)
  await messenger.shutdown()
})

test('pings to another cluster are not answered', async () => {
  const { server, target } = await listen('simple', 0)
  const client = pingClientAnswers()
  await client.connect({ ...target, pinging: { ...pinging, fsid: randomUUID() } })
  const running = client.run({ durationMs: 1 })
  // All that comes is the end of the connection.
  await server.close(null)
  await expect(running).rejects.toMatchObject({ code: 'ERR_BENCH_CONNECTION' })
  await client.close(null)
})
