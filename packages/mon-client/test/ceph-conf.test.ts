import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PrincipalName } from '@msgr/auth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CephConf } from '../src/ceph-conf.ts'

const admin = { name: PrincipalName.parse('client.admin') }
let dir = ''

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'msgr-conf-'))
})

afterAll(async () => {
  await rm(dir, { recursive: true })
})

describe('options', () => {
  const conf = CephConf.parse(
    '[global]\na = global\nb = global\nc = global\n[client]\na = client\nb = client\n[client.admin]\na = admin\n[osd]\nc = osd',
  )

  test('are those of the nearest section', () => {
    expect(['a', 'b', 'c', 'd'].map((option) => conf.get(option, admin))).toEqual([
      'admin',
      'client',
      'global',
      undefined,
    ])
    expect(conf.get('c', { name: PrincipalName.parse('osd.3') })).toBe('osd')
  })

  test('can be had all at once', () => {
    expect(conf.optionsOf(admin)).toEqual({ a: 'admin', b: 'client', c: 'global' })
  })

  test('of a section alone', () => {
    expect(conf.getOfSection('osd', 'c')).toBe('osd')
    expect(conf.getOfSection('osd', 'a')).toBeUndefined()
    expect(conf.sectionNames).toEqual(['global', 'client', 'client.admin', 'osd'])
  })
})

describe('variables', () => {
  test('stand for what is known of the owner and the machine', () => {
    const conf = CephConf.parse(
      'keyring = /etc/ceph/$cluster.$name.keyring\na = $type,${id}x,$host,$pid,$home,$unknown',
    )
    expect(conf.get('keyring', { ...admin, cluster: 'test' })).toBe('/etc/ceph/test.client.admin.keyring')
    const host = hostname().replace(/\..*$/, '')
    expect(conf.get('a', admin)).toBe(`client,adminx,${host},${process.pid},${homedir()},$unknown`)
  })

  test('stand for other options, too', () => {
    const conf = CephConf.parse('run_dir = /run/$cluster\n[client]\nadmin socket = $run_dir/${name}.asok')
    expect(conf.get('admin-socket', admin)).toBe('/run/ceph/client.admin.asok')
  })

  test('that stand for themselves have an end', () => {
    const conf = CephConf.parse('a = <$b>\nb = $a')
    expect(conf.get('a', admin)).toMatch(/^<+\$[ab]>+$/)
  })
})

describe('files', () => {
  test('are read, and said to be missing', async () => {
    const path = join(dir, 'a.conf')
    await writeFile(path, 'a = 1\n')
    expect((await CephConf.load(path)).get('a', admin)).toBe('1')
    await expect(CephConf.load(join(dir, 'none'))).rejects.toMatchObject({
      code: 'ERR_MSGR_CEPH_CONF',
      path: join(dir, 'none'),
      cause: { code: 'ENOENT' },
    })
  })

  test('are those that CEPH_CONF names; the first that is there counts', async () => {
    const path = join(dir, 'b.conf')
    await writeFile(path, 'b = 2\n')
    const found = await CephConf.find('ceph', { CEPH_CONF: `${join(dir, 'none')},${path}` })
    expect([found.path, found.get('b', admin)]).toEqual([path, '2'])
    await expect(CephConf.find('ceph', { CEPH_CONF: join(dir, 'none') })).rejects.toThrow(
      /expected a conf file, got none/,
    )
  })

  test('that cannot be read are an error, also when others might be', async () => {
    const path = join(dir, 'c.conf')
    await writeFile(path, '[broken\n')
    await expect(CephConf.find('ceph', { CEPH_CONF: path })).rejects.toMatchObject({ path, line: 1 })
  })

  test('of a cluster that has none say nothing', async () => {
    const conf = await CephConf.find('a-cluster-that-nobody-has', {})
    expect(conf.optionsOf(admin)).toEqual({})
  })
})
