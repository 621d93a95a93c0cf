import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuthMethod, CryptoKey, Keyring, PrincipalName, saveKeyring } from '@msgr/auth'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CephConf } from '../src/ceph-conf.ts'
import { loadCredentials, type Credentials } from '../src/load-credentials.ts'

const { cephx, none } = AuthMethod
const name = PrincipalName.parse('client.admin')
/** A name of a cluster that has no keyring where Ceph looks. */
const owner = { name, cluster: 'a-cluster-that-nobody-has' }
const key = CryptoKey.generate()
let dir = ''
let keyring = ''

beforeAll(async () => {
  vi.stubEnv('CEPH_KEYRING', undefined)
  dir = await mkdtemp(join(tmpdir(), 'msgr-credentials-'))
  keyring = join(dir, 'keyring')
  const ring = new Keyring()
  ring.set({ name, key, caps: new Map() })
  await saveKeyring(keyring, ring)
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

function load(conf: string, more: Partial<Parameters<typeof loadCredentials>[0]> = {}): Promise<Credentials> {
  return loadCredentials({ conf: CephConf.parse(conf), owner, source: undefined, methods: undefined, ...more })
}

describe('if nothing is said of methods', () => {
  test('who has a key offers cephx alone', async () => {
    const { key: loaded, methods } = await load(`keyring = ${join(dir, 'none')}, ${keyring}`)
    expect([loaded?.equals(key), methods]).toEqual([true, [cephx]])
  })

  test('who has none, nor a file where it might be, offers none', async () => {
    expect(await load('')).toEqual({ key: undefined, methods: [none] })
  })

  test('a keyring that is named must be there', async () => {
    await expect(load(`keyring = ${join(dir, 'none')}`)).rejects.toMatchObject({ code: 'ERR_MSGR_KEYRING' })
    await expect(load('', { source: { keyring: join(dir, 'none') } })).rejects.toMatchObject({
      code: 'ERR_MSGR_KEYRING',
    })
  })
})

describe('the methods of the conf file', () => {
  test('count if there is a key', async () => {
    const { methods } = await load(`auth_client_required = cephx, none\nkeyring = ${keyring}`)
    expect(methods).toEqual([cephx, none])
  })

  test('lose cephx without one, unless that is all', async () => {
    expect(await load('auth client required = cephx none')).toEqual({ key: undefined, methods: [none] })
    await expect(load('auth_client_required = cephx')).rejects.toMatchObject({ code: 'ERR_MSGR_KEYRING' })
  })

  test('need no key for none', async () => {
    expect(await load(`auth_supported = none\nkeyring = ${keyring}`)).toEqual({ key: undefined, methods: [none] })
  })

  test('may hold some that are not known, but not only', async () => {
    expect((await load('auth_client_required = gss, none')).methods).toEqual([none])
    await expect(load('auth_client_required = gss')).rejects.toMatchObject({ code: 'ERR_MSGR_MON_OPTION' })
  })

  test('give way to those that are given', async () => {
    expect((await load('auth_client_required = cephx', { methods: [none] })).methods).toEqual([none])
  })
})

describe('the key', () => {
  const other = CryptoKey.generate()

  test('comes from where it is said to, before the conf file', async () => {
    const { key: loaded } = await load(`keyring = ${keyring}`, { source: { key: other.toBase64() } })
    expect(loaded?.equals(other)).toBe(true)
  })

  test('may stand in the conf file, or in a file of its own', async () => {
    expect((await load(`key = ${other.toBase64()}\nkeyring = ${keyring}`)).key?.equals(other)).toBe(true)
    const path = join(dir, 'keyfile')
    await writeFile(path, other.toBase64())
    expect((await load(`keyfile = ${path}\nkeyring = ${keyring}`)).key?.equals(other)).toBe(true)
  })

  test('may be in the keyring that CEPH_KEYRING names', async () => {
    vi.stubEnv('CEPH_KEYRING', keyring)
    const { key: loaded } = await load('keyring = /nowhere')
    vi.stubEnv('CEPH_KEYRING', undefined)
    expect(loaded?.equals(key)).toBe(true)
  })

  test('that is broken is an error, whatever other methods there are', async () => {
    await expect(load('auth_client_required = cephx none\nkey = nonsense')).rejects.toMatchObject({
      code: 'ERR_MSGR_KEY',
    })
  })
})
