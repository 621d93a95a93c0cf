import { readdirSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { EntityAddr, EntityName, EntityType, MPing } from '@msgr/message'
import { Policies } from '@msgr/messenger-core'
import { expect, test } from 'vitest'
import { AsyncMessenger } from '../src/async-messenger.ts'

const ANY_PORT = EntityAddr.parse('v1:127.0.0.1:0')

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}

async function exchangeOnce(driver: 'epoll' | 'select'): Promise<void> {
  const server = new AsyncMessenger(EntityName.osd(0), { driver, workers: 2 })
  const client = new AsyncMessenger(EntityName.osd(1), { driver })
  server.setDefaultPolicy(Policies.statelessServer())
  client.setDefaultPolicy(Policies.lossyClient())
  const got = new Promise<void>((resolve) => {
    server.addDispatcherHead({
      msDispatch: () => {
        resolve()
        return true
      },
    })
  })
  const addr = await server.bind(ANY_PORT)
  client.getConnection({ type: EntityType.osd, addr }).sendMessage(new MPing())
  await got
  await Promise.all([client.shutdown(), server.shutdown()])
}

test.each(['epoll', 'select'] as const)(
  'on %s, messengers that come and go leave no descriptor open',
  async (driver) => {
    await exchangeOnce(driver)
    const before = openDescriptors()
    for (let i = 0; i < 20; i++) await exchangeOnce(driver)
    expect(openDescriptors()).toBe(before)
  },
)

test('more peers than one turn accepts are all accepted', async () => {
  const server = new AsyncMessenger(EntityName.osd(0))
  const client = new AsyncMessenger(EntityName.osd(1))
  server.setDefaultPolicy(Policies.statelessServer())
  client.setDefaultPolicy(Policies.lossyClient())
  let count = 0
  const all = new Promise<void>((resolve) => {
    server.addDispatcherHead({
      msDispatch: () => {
        if (++count === 200) resolve()
        return true
      },
    })
  })
  const addr = await server.bind(ANY_PORT)
  for (let i = 0; i < 200; i++) {
    client.getConnection({ type: EntityType.osd, addr }, { anonymous: true }).sendMessage(new MPing())
  }
  await all
  expect(server.connectionCount).toBe(200)
  await Promise.all([client.shutdown(), server.shutdown()])
})

test('sockets are shared out among the workers', async () => {
  const server = new AsyncMessenger(EntityName.osd(0), { workers: 3 })
  const client = new AsyncMessenger(EntityName.osd(1))
  server.setDefaultPolicy(Policies.statelessServer())
  client.setDefaultPolicy(Policies.lossyClient())
  let count = 0
  const all = new Promise<void>((resolve) => {
    server.addDispatcherHead({
      msDispatch: () => {
        if (++count === 5) resolve()
        return true
      },
    })
  })
  const addr = await server.bind(ANY_PORT)
  for (let i = 0; i < 5; i++) {
    client.getConnection({ type: EntityType.osd, addr }, { anonymous: true }).sendMessage(new MPing())
  }
  await all
  expect([...server.workerLoads]).toEqual([2, 2, 2])
  await Promise.all([client.shutdown(), server.shutdown()])
  expect([...server.workerLoads]).toEqual([0, 0, 0])
})

test('an unknown driver, or no worker at all, is refused with a word', () => {
  const withDriver = (driver: string): unknown => new AsyncMessenger(EntityName.osd(0), { driver: driver as 'epoll' })
  expect(() => withDriver('poll')).toThrow('poll')
  expect(() => new AsyncMessenger(EntityName.osd(0), { workers: 0 })).toThrow(
    'workers: expected an integer from 1 to 24',
  )
})

// The module is loaded by another process, in which there is no such platform as this one.
test('where there is no native part the error says why, and names the messenger that does without', async () => {
  const program = `
    Object.defineProperty(process, 'platform', { value: 'darwin' })
    const { AsyncMessenger } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)})
    const { EntityName } = await import('@msgr/message')
    try { new AsyncMessenger(EntityName.osd(0)) } catch (error) { console.log(error.code, error.message) }`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  expect(stdout).toContain('ERR_MSGR_ASYNC_UNAVAILABLE')
  expect(stdout).toContain('darwin')
  expect(stdout).toContain("The type 'simple' does without")
})
