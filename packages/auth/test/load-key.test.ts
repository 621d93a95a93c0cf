import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Keyring, KeyringError, loadKey, loadKeyring, PrincipalName, saveKeyring } from '../src/index.ts'

const name = PrincipalName.parse('client.a')
const keyring = new Keyring()
const { key } = keyring.generate(name, { mon: 'allow r' })
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'msgr-auth-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('loadKey', () => {
  test('gets a key from each kind of source', async () => {
    const path = join(folder, 'sources.keyring')
    const keyfile = join(folder, 'secret')
    await saveKeyring(path, keyring)
    await writeFile(keyfile, `${key.toBase64()}\n`)
    for (const source of [
      { keyring: path },
      { keyring: [join(folder, 'absent'), path] },
      { text: keyring.format() },
      { key: key.toBase64() },
      { keyfile },
      { ask: () => key },
      { ask: () => Promise.resolve(key) },
    ]) {
      expect((await loadKey(name, source)).equals(key)).toBe(true)
    }
  })

  test('looks in the first file that is there, and nowhere else', async () => {
    const [first, second] = [join(folder, 'first.keyring'), join(folder, 'second.keyring')]
    await saveKeyring(first, new Keyring())
    await saveKeyring(second, keyring)
    await expect(loadKey(name, { keyring: [first, second] })).rejects.toThrow(
      `${first}: expected a key for client.a, got none`,
    )
  })

  test('says where it looked when there is nothing', async () => {
    const paths = [join(folder, 'x'), join(folder, 'y')]
    await expect(loadKey(name, { keyring: paths })).rejects.toThrow(
      `${paths.join(', ')}: expected a keyring for client.a, got no file`,
    )
    await expect(loadKey(name, { cluster: 'no-such-cluster' })).rejects.toThrow(
      '/etc/ceph/no-such-cluster.client.a.keyring, /etc/ceph/no-such-cluster.keyring',
    )
  })

  test('tells of a keyfile that holds no key, without what it holds', async () => {
    const keyfile = join(folder, 'bad-secret')
    await writeFile(keyfile, 'hunter2hunter2')
    const error = await loadKey(name, { keyfile }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(KeyringError)
    expect(error).toMatchObject({ path: keyfile, line: 1 })
    expect(String(error)).not.toContain('hunter2')
  })

  test('tells of a file that cannot be read', async () => {
    await expect(loadKeyring(folder)).rejects.toMatchObject({
      message: `${folder}: cannot be read`,
      code: 'ERR_MSGR_KEYRING',
      cause: { code: 'EISDIR' },
    })
    await expect(loadKey(name, { keyring: [folder, 'never'] })).rejects.toThrow('cannot be read')
  })
})

describe('saveKeyring', () => {
  test('writes a file that only its owner can read, and leaves nothing else', async () => {
    const home = join(folder, 'saved')
    const path = `${home}.keyring`
    await writeFile(path, 'what was there before', { mode: 0o644 })
    await saveKeyring(path, keyring)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await loadKeyring(path)).keyOf(name).equals(key)).toBe(true)
    expect((await readdir(folder)).filter((file) => file.endsWith('.new'))).toEqual([])
  })

  test('leaves what is there when the new one cannot be written', async () => {
    const path = join(folder, 'kept.keyring')
    await saveKeyring(path, keyring)
    const bad = new Keyring()
    bad.generate(name, { mon: 'two\nlines' })
    await expect(saveKeyring(path, bad)).rejects.toThrow('expected caps for mon in one line')
    expect((await loadKeyring(path)).size).toBe(1)
    await expect(saveKeyring(join(folder, 'no', 'such'), keyring)).rejects.toThrow('cannot be written')
  })
})
