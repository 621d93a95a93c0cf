import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commands } from '../src/commands.mjs'
import { readManifest, workspaceRoot } from '../src/workspace.mjs'
import { temporaryFolder } from './temporary-folder.ts'

const runPath = fileURLToPath(new URL('../run.mjs', import.meta.url))

test.runIf(process.platform === 'linux').each(['demo', 'heartbeat', 'bench', 'stress', 'hosts', 'test'])(
  '%s without a C compiler says so in one sentence on stderr and exits 1',
  (command) => {
    const env = { PATH: temporaryFolder() }
    const { status, stdout, stderr } = spawnSync(process.execPath, [runPath, command], { env, encoding: 'utf8' })
    expect(stderr).toMatch(/^msgr builds a small native shim and finds no C compiler \(cc\): [^\n]+\n$/)
    expect(stdout).toBe('')
    expect(status).toBe(1)
  },
)

test('a Node that is too old is told before anything else is loaded', () => {
  const root = temporaryFolder({ 'package.json': '{ "engines": { "node": ">=99.1" } }' })
  mkdirSync(join(root, 'tooling/setup/src'), { recursive: true })
  for (const file of ['run.mjs', 'src/node-version.mjs']) {
    copyFileSync(join(workspaceRoot, 'tooling/setup', file), join(root, 'tooling/setup', file))
  }
  const script = join(root, 'tooling/setup/run.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'demo'], { encoding: 'utf8' })
  expect(stderr).toMatch(/^msgr needs Node 99\.1 or newer and this is Node [\d.]+: [^\n]+\n$/)
  expect(stdout).toBe('')
  expect(status).toBe(1)
})

test('an unknown command is answered with the known ones', () => {
  const { status, stderr } = spawnSync(process.execPath, [runPath, 'dmeo'], { encoding: 'utf8' })
  expect(stderr).toContain('unknown command "dmeo": expected one of demo, heartbeat')
  expect(status).toBe(1)
})

test('every command is a script of the root, and every script that calls set-up is a command', () => {
  const scripts = Object.entries(readManifest(workspaceRoot).scripts ?? {})
  const called = scripts.filter(([, script]) => script.startsWith('node tooling/setup/run.mjs'))
  const expected = Object.keys(commands).map((name) => [name, `node tooling/setup/run.mjs ${name}`])
  expect(Object.fromEntries(called)).toEqual(Object.fromEntries(expected))
})
