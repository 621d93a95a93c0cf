import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityAddr, EntityName, EntityType, MPing, Policies, type Message, type Messenger } from '@msgr/messenger'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CephCluster, type OsdAddresses } from '../src/ceph-cluster.ts'
import { messengerKinds } from '../src/messenger-kinds.ts'

const run = promisify(execFile)
const heartbeatCli = fileURLToPath(new URL('../../../apps/heartbeat-demo/dist/cli.js', import.meta.url))

let cluster: CephCluster
let osd: OsdAddresses

beforeAll(async () => {
  cluster = await CephCluster.start()
  osd = await cluster.osdAddresses()
}, 120_000)

afterAll(async () => {
  await cluster.stop()
}, 30_000)

/** The next message that a messenger receives. */
function nextMessage(messenger: Messenger): Promise<Message> {
  return new Promise((resolve) => {
    messenger.addDispatcherHead({
      msDispatch: (message) => {
        resolve(message)
        return true
      },
    })
  })
}

describe.each(messengerKinds)('$kind', ({ create, flags }) => {
  test('a monitor answers an MPing with its status as JSON', async () => {
    const messenger = create(EntityName.client())
    messenger.setDefaultPolicy(Policies.lossyClient())
    const reply = nextMessage(messenger)
    const connection = messenger.getConnection({ type: EntityType.mon, addr: EntityAddr.parse(cluster.monAddr) })
    connection.sendMessage(new MPing())
    const { front, source, type } = await reply
    const status = JSON.parse(front.cursor().readString()) as Record<string, unknown>
    expect(type).toBe(MPing.type)
    expect(source?.toString()).toBe('mon.0')
    expect(Object.keys(status)).toEqual(expect.arrayContaining(['health', 'mon_status']))
    await messenger.shutdown()
  })

  test('a monitor answers a keepalive', async () => {
    const messenger = create(EntityName.client())
    messenger.setDefaultPolicy(Policies.lossyClient())
    const connection = messenger.getConnection({ type: EntityType.mon, addr: EntityAddr.parse(cluster.monAddr) })
    const beforeMs = Date.now()
    connection.sendKeepalive()
    await until(() => connection.lastKeepaliveAckMs !== undefined)
    expect(connection.lastKeepaliveAckMs).toBeGreaterThanOrEqual(beforeMs)
    expect(connection.lastKeepaliveAckMs).toBeLessThanOrEqual(Date.now())
    await messenger.shutdown()
  })

  test('the acks of an osd are understood: nothing stays to be sent again', async () => {
    // To a peer that is no osd, the heartbeat ports of an osd are not lossy, so it acknowledges what it gets.
    const messenger = create(EntityName.client(4242))
    messenger.setDefaultPolicy(Policies.losslessClient())
    const connection = messenger.getConnection({ type: EntityType.osd, addr: EntityAddr.parse(osd.heartbeatFront) })
    for (let i = 0; i < 100; i++) connection.sendMessage(new MPing())
    await until(() => connection.isConnected && connection.queuedCount === 0 && connection.unackedCount === 0)
    expect(connection.isConnected).toBe(true)
    await messenger.shutdown()
  })

  test.each([
    ['front', '0'],
    ['front', '2000'],
    ['back', '0'],
    ['back', '2000'],
  ] as const)('an osd answers every heartbeat on its %s port, padded to %s bytes', async (port, minSize) => {
    const addr = port === 'front' ? osd.heartbeatFront : osd.heartbeatBack
    const args = ['ping', addr, '--count', '50', '--interval', '5', '--json', '--fsid', cluster.fsid]
    const { stdout } = await run(process.execPath, [heartbeatCli, ...args, '--min-size', minSize, ...flags])
    expect(JSON.parse(stdout)).toMatchObject({ sent: 50, received: 50, lost: 0 })
  })
})
