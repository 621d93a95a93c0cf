import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadPeer, Peers } from '../src/peers.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'msgr-peers-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

/** A folder with one peer, which is a folder beside it: no registry is asked. */
function writePeers(version: string): void {
  mkdirSync(join(dir, 'near'), { recursive: true })
  writeFileSync(join(dir, 'near/package.json'), JSON.stringify({ name: 'near', version }))
  const dependencies = { near: 'file:near' }
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'peers', version: '1.0.0', dependencies }))
  const packages = {
    '': { name: 'peers', version: '1.0.0', dependencies },
    near: { version },
    'node_modules/near': { resolved: 'near', link: true },
  }
  const lock = { name: 'peers', version: '1.0.0', lockfileVersion: 3, requires: true, packages }
  writeFileSync(join(dir, 'package-lock.json'), JSON.stringify(lock))
}

test('peers are installed once, and again when the lockfile has changed', async () => {
  writePeers('1.0.0')
  const peers = new Peers(dir)
  expect(peers.areInstalled).toBe(false)
  await peers.install()
  expect(peers.areInstalled).toBe(true)
  expect(readdirSync(join(dir, 'node_modules'))).toContain('near')

  rmSync(join(dir, 'node_modules/near'), { recursive: true })
  await peers.install()
  expect(readdirSync(join(dir, 'node_modules'))).not.toContain('near')

  writePeers('1.0.1')
  expect(peers.areInstalled).toBe(false)
  await peers.install()
  expect(readdirSync(join(dir, 'node_modules'))).toContain('near')
})

test('what npm has against it is told', async () => {
  writePeers('1.0.0')
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'peers', dependencies: { other: '1.0.0' } }))
  await expect(new Peers(dir).install()).rejects.toMatchObject({ code: 'ERR_BENCH_UNAVAILABLE' })
})

test('a peer that is not there is unavailable', async () => {
  await expect(loadPeer('no-such-peer-of-ours')).rejects.toMatchObject({
    code: 'ERR_BENCH_UNAVAILABLE',
    message: 'not installed: a run without --quick installs it',
  })
})

test('all peers are pinned to one version', () => {
  const text = readFileSync(new URL('../peers/package.json', import.meta.url), 'utf8')
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> }
  for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
})
