import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { HostNetwork } from '../src/host-network.ts'
import { ourNamespaces, removeLeftovers } from '../src/namespace-janitor.ts'
import { runCommand } from '../src/run-command.ts'
import { describeHosts } from './requirement.ts'

const HOLDER = fileURLToPath(new URL('../dist/network-holder-process.js', import.meta.url))

/** The namespaces that a process has made and that are still there. */
async function namespacesOf(pid: number | undefined): Promise<string[]> {
  return (await ourNamespaces()).filter(({ ownerPid }) => ownerPid === pid).map(({ name }) => name)
}

/** Also a process that nobody has asked for its exit code has a folder in /proc. */
function isRunning(pid: string): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+[XZ]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

async function ping(from: HostNetwork['hosts'][number], to: HostNetwork['hosts'][number]): Promise<boolean> {
  // By a connection that nobody listens for: a host that is there refuses it.
  const script = `require('net').connect(9, '${to.ip}').setTimeout(300, () => process.exit(1))
    .on('error', ({ code }) => process.exit(code === 'ECONNREFUSED' ? 0 : 1))`
  const child = from.spawn(process.execPath, ['-e', script])
  const [code] = (await once(child, 'exit')) as [number | null]
  return code === 0
}

describeHosts('a network of hosts', () => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    test(`is gone, with all that runs on it, after its maker was ended by ${signal}`, async ({ expect }) => {
      const holder = spawn(process.execPath, [HOLDER], { stdio: ['ignore', 'pipe', 'inherit'] })
      const [line] = (await once(holder.stdout, 'data')) as [Buffer]
      expect(await namespacesOf(holder.pid)).toHaveLength(3)
      const program = line.toString().trim()
      expect(isRunning(program)).toBe(true)
      holder.kill(signal)
      await expect.poll(() => namespacesOf(holder.pid), { timeout: 20_000 }).toEqual([])
      await expect.poll(() => isRunning(program), { timeout: 20_000 }).toBe(false)
    })
  }

  test('removes what a dead run has left', async () => {
    const { pid } = spawnSync('true')
    await runCommand('ip', ['netns', 'add', `msgr-${pid}-1-host1`])
    await removeLeftovers()
    expect(await namespacesOf(pid)).toEqual([])
  })

  test('connects its hosts, until they are cut off and after they are back', async ({ onTestFinished }) => {
    const network = await HostNetwork.create(2)
    onTestFinished(() => network.close())
    const [one, two] = [network.host(1), network.host(2)]
    expect(await ping(one, two)).toBe(true)
    await network.isolate(one)
    expect([await ping(one, two), await ping(two, one)]).toEqual([false, false])
    expect(await network.lostCount()).toBeGreaterThan(0)
    await network.heal()
    expect(await ping(two, one)).toBe(true)
  })
})
