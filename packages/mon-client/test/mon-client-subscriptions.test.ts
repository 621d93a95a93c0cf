import { describe, expect, test } from 'vitest'
import { MMonSubscribe, MOSDMap, NO_MGR_MAP } from '../src/index.ts'
import { connected, makeClient, monitorOf, startOpen } from './client-scene.ts'
import { FSID, osdMapMessage, type SmallMonitor } from './small-monitor.ts'

const over = { done: true, value: undefined }

/** What a monitor was asked for: names and starts, in the order of asking. */
function asked(monitor: SmallMonitor): readonly string[] {
  return monitor
    .of(MMonSubscribe)
    .map(({ requests }) => [...requests].map(([name, { start }]) => `${name} ${start}`).join(', '))
}

describe('OSD maps', () => {
  test('come whole, and then as changes', async () => {
    const { cluster, monitors } = await startOpen()
    const client = await connected(monitors)
    const maps = client.subscribe('osdmap')
    expect((await maps.next()).value?.epoch).toBe(6)
    cluster.osdMapEpoch = 7
    monitors[0]!.publish()
    expect((await maps.next()).value?.epoch).toBe(7)
    cluster.osdMapEpoch = 40
    monitors[0]!.publish()
    expect((await maps.next()).value?.poolByName('deux')?.size).toBe(2)
    expect(asked(monitors[0]!)).toEqual(['monmap 0', 'osdmap 0'])
  })

  test('are asked for from the next one on in another session', async () => {
    const { cluster, monitors } = await startOpen(2)
    const client = await connected(monitors)
    const first = monitorOf(client, monitors)
    const maps = client.subscribe('osdmap')
    await maps.next()
    cluster.osdMapEpoch = 15
    await first.stop()
    expect((await maps.next()).value?.epoch).toBe(15)
    const second = monitorOf(client, monitors)
    expect(asked(second)).toEqual([`monmap ${cluster.monMap.epoch + 1}, osdmap 7`])
  })

  test('are asked for whole if changes are missing', async () => {
    const { cluster, monitors } = await startOpen()
    const client = await connected(monitors)
    const maps = client.subscribe('osdmap')
    await maps.next()
    cluster.osdMapEpoch = 15
    monitors[0]!.tellAll(() => osdMapMessage(9, 15))
    expect((await maps.next()).value?.epoch).toBe(15)
    expect(asked(monitors[0]!).at(-1)).toBe('osdmap 0')
  })

  test('of another cluster are passed over', async () => {
    const { cluster, monitors } = await startOpen()
    const client = await connected(monitors)
    const maps = client.subscribe('osdmap')
    await maps.next()
    const { fields } = osdMapMessage(7, 8)
    cluster.osdMapEpoch = 7
    monitors[0]!.tellAll(() => new MOSDMap({ ...fields, fsid: cluster.otherFsid }))
    monitors[0]!.publish()
    expect((await maps.next()).value?.epoch).toBe(7)
  })

  test('that make no sense end the session, and another monitor is asked', async () => {
    const { cluster, monitors } = await startOpen(2)
    const client = await connected(monitors)
    const first = monitorOf(client, monitors)
    const maps = client.subscribe('osdmap')
    await maps.next()
    cluster.osdMapEpoch = 7
    first.tellAll(() => new MOSDMap({ fsid: FSID, incrementals: new Map([[7, new Uint8Array(50)]]) }))
    expect((await maps.next()).value?.epoch).toBe(7)
    expect(monitorOf(client, monitors)).not.toBe(first)
  })
})

test('who is slow gets the newest map alone', async () => {
  const { cluster, monitors } = await startOpen()
  const client = await connected(monitors)
  const [quick, slow] = [client.subscribe('osdmap'), client.subscribe('osdmap')]
  await quick.next()
  for (const epoch of [7, 8, 9]) {
    cluster.osdMapEpoch = epoch
    monitors[0]!.publish()
    expect((await quick.next()).value?.epoch).toBe(epoch)
  }
  expect((await slow.next()).value?.epoch).toBe(9)
  expect(asked(monitors[0]!).filter((text) => text.startsWith('osdmap'))).toHaveLength(1)
})

test('who comes later gets what there is, without asking', async () => {
  const { monitors } = await startOpen()
  const client = await connected(monitors)
  await client.subscribe('osdmap').next()
  expect((await client.subscribe('osdmap').next()).value?.epoch).toBe(6)
  expect(asked(monitors[0]!).filter((text) => text.startsWith('osdmap'))).toHaveLength(1)
})

test('when nobody follows, nothing is kept; who comes back gets what is new', async () => {
  const { cluster, monitors } = await startOpen()
  const client = await connected(monitors)
  for await (const map of client.subscribe('osdmap')) {
    expect(map.epoch).toBe(6)
    break
  }
  cluster.osdMapEpoch = 40
  monitors[0]!.publish()
  expect((await client.subscribe('osdmap').next()).value?.epoch).toBe(40)
})

test('the map of managers is followed', async () => {
  const { cluster, monitors } = await startOpen()
  const client = await connected(monitors)
  const maps = client.subscribe('mgrmap')
  expect((await maps.next()).value).toMatchObject({ epoch: 3, activeName: 'x', isAvailable: true })
  cluster.mgrMap = { ...NO_MGR_MAP, epoch: 4 }
  monitors[0]!.publish()
  expect((await maps.next()).value).toMatchObject({ epoch: 4, activeName: '' })
})

test('the map of monitors is followed by the client itself, and by whoever wants', async () => {
  const { cluster, monitors } = await startOpen()
  const client = await connected(monitors)
  const maps = client.subscribe('monmap')
  expect((await maps.next()).value?.epoch).toBe(2)
  cluster.setMonitors(monitors.map(({ addr }) => addr))
  monitors[0]!.publish()
  expect((await maps.next()).value?.epoch).toBe(3)
  expect(client.monMap?.epoch).toBe(3)
})

test('options come when they have changed, and not again when the session has', async () => {
  const { cluster, monitors } = await startOpen(2)
  const client = await connected(monitors)
  const options = client.subscribe('config')
  expect((await options.next()).value).toEqual(new Map([['rbd_cache', 'false']]))
  await monitorOf(client, monitors).stop()
  await client.command({ prefix: 'x' })
  const second = monitorOf(client, monitors)
  await expect.poll(() => asked(second)).toEqual([`config 0, monmap ${cluster.monMap.epoch + 1}`])
  const next = options.next()
  cluster.config = new Map([['rbd_cache', 'true']])
  second.publish()
  expect((await next).value).toEqual(cluster.config)
})

test('a subscription may be made before there is a session', async () => {
  const { monitors } = await startOpen()
  const client = makeClient(monitors)
  const maps = client.subscribe('osdmap')
  await client.connect()
  expect((await maps.next()).value?.epoch).toBe(6)
})

test('a signal ends a subscription, and so does the end of the client', async () => {
  const { monitors } = await startOpen()
  const client = await connected(monitors)
  const controller = new AbortController()
  const aborted = client.subscribe('osdmap', { signal: controller.signal })
  const closed = client.subscribe('osdmap')
  await Promise.all([aborted.next(), closed.next()])
  const next = aborted.next()
  controller.abort()
  expect(await next).toEqual(over)
  const last = closed.next()
  await client.close()
  expect([await last, await closed.next()]).toEqual([over, over])
})
