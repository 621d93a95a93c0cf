import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

interface Ended {
  readonly exitCode: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

/** The built program, run as its user runs it. */
function run(...args: string[]): Promise<Ended> {
  if (!existsSync(CLI)) throw new Error('the program is not built: run "npm run build" in the root first')
  return new Promise((resolve) => {
    const env = { ...process.env, CEPH_CONF: '/dev/null' }
    execFile(process.execPath, [CLI, ...args], { env }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : error.code, stdout, stderr })
    })
  })
}

test('a command line that makes no sense ends with 2', async () => {
  const { exitCode, stdout, stderr } = await run('--format', 'xml', 'status')
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^error: option '-f, --format <format>' argument 'xml' is invalid/)
})

test('help ends with 0, on stdout', async () => {
  const { exitCode, stdout, stderr } = await run('--help')
  expect([exitCode, stderr]).toEqual([0, ''])
  expect(stdout).toContain('Usage: ceph-status [options] [words...]')
})

test('a conf file or keyring that is not there ends with 1, and says which', async () => {
  expect(await run('--conf', '/nowhere/ceph.conf')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'error: /nowhere/ceph.conf: cannot be read\n',
  })
  const { exitCode, stderr } = await run('--mon-host', 'v1:127.0.0.1:1', '--keyring', '/nowhere/keyring')
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^error: \/nowhere\/keyring: /)])
})

test('monitors that do not answer end with 1 in time, and say why', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    const addr = `v1:127.0.0.1:${port}`
    const { exitCode, stdout, stderr } = await run('--mon-host', addr, '--timeout', '0.5', '--format', 'json')
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toBe(`error: expected a session with one of ${addr}/0 within 500 ms, got none\n`)
  } finally {
    server.close()
  }
})
