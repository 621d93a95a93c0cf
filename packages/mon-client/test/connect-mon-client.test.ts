import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuthMethod, CryptoKey, PrincipalName, saveKeyring } from '@msgr/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CephConf, connectMonClient, MMonCommand } from '../src/index.ts'
import { cleanUps, NAME, startOpen } from './client-scene.ts'
import { SmallCluster, type SmallMonitor } from './small-monitor.ts'

let dir = ''

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'msgr-mon-'))
})

afterAll(async () => {
  await rm(dir, { recursive: true })
})

/** A cluster that uses cephx, with its conf file and its keyring. */
async function startWithFiles(): Promise<{ readonly monitors: readonly SmallMonitor[]; readonly conf: string }> {
  const cluster = new SmallCluster('v2')
  cleanUps.push(() => cluster.stop())
  const monitors = await cluster.start(2)
  cluster.keyring.generate(NAME)
  await saveKeyring(join(dir, 'test.client.alice.keyring'), cluster.keyring)
  const conf = join(dir, 'test.conf')
  const hosts = monitors.map(({ addr }) => addr.toString()).join(',')
  await writeFile(conf, `[global]\nmon host = ${hosts}\n[client]\nkeyring = ${dir}/$cluster.$name.keyring\n`)
  return { monitors, conf }
}

test('a conf file tells everything, as for Ceph itself', async () => {
  const { monitors, conf } = await startWithFiles()
  const client = await connectMonClient({ conf, name: 'client.alice', cluster: 'test' })
  cleanUps.push(() => client.close())
  expect(client.auth.globalId).toBe(4100n)
  await client.command({ prefix: 'status' })
  expect(monitors.flatMap((monitor) => monitor.of(MMonCommand))).toHaveLength(1)
})

test('what is given counts instead, and no file is needed', async () => {
  const { monitors } = await startOpen()
  const client = await connectMonClient({
    conf: CephConf.parse('mon_host = 10.0.0.1\nauth_client_required = cephx\nms_initial_backoff = 0.1'),
    monHost: monitors[0]!.addr.toString(),
    authMethods: [AuthMethod.none],
    messenger: { type: 'simple', maxDataBytes: 1024 },
  })
  cleanUps.push(() => client.close())
  expect(client.auth.name.toString()).toBe('client.admin')
  expect(client.monitorAddr?.equals(monitors[0]!.addr)).toBe(true)
})

describe('what fails leaves nothing behind', () => {
  test('a key that the monitors do not know', async () => {
    const { conf } = await startWithFiles()
    const key = { key: CryptoKey.generate().toBase64() }
    await expect(connectMonClient({ conf, name: 'client.alice', key })).rejects.toMatchObject({
      code: 'ERR_MSGR_AUTH_REFUSED',
    })
  })

  test('a name without a key', async () => {
    const { conf } = await startWithFiles()
    await expect(connectMonClient({ conf, name: 'client.bob', cluster: 'test' })).rejects.toMatchObject({
      code: 'ERR_MSGR_KEYRING',
    })
  })

  test('monitors that do not answer in time', async () => {
    await expect(
      connectMonClient({
        conf: CephConf.empty(),
        monHost: 'v1:127.0.0.1:1',
        authMethods: [AuthMethod.none],
        timeoutMs: 1,
      }),
    ).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('options that make no sense', async () => {
    const bad = CephConf.parse('mon_client_hunt_interval = soon\nmon_host = 10.0.0.1')
    await expect(connectMonClient({ conf: bad, authMethods: [AuthMethod.none] })).rejects.toMatchObject({
      code: 'ERR_MSGR_MON_OPTION',
    })
  })

  test('a conf file that is not there', async () => {
    await expect(connectMonClient({ conf: join(dir, 'none.conf') })).rejects.toMatchObject({
      code: 'ERR_MSGR_CEPH_CONF',
    })
  })
})

test('a daemon may be a client, too', async () => {
  const { monitors } = await startOpen()
  const client = await connectMonClient({
    conf: CephConf.empty(),
    name: PrincipalName.parse('osd.3').toString(),
    monHost: monitors[0]!.addr.toString(),
    authMethods: [AuthMethod.none],
  })
  cleanUps.push(() => client.close())
  await client.command({ prefix: 'x' })
  expect(monitors[0]!.of(MMonCommand)[0]?.source?.toString()).toBe('osd.3')
})
