import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { AsyncMessenger, createMessenger, EntityName, SimpleMessenger } from '../src/index.ts'

const run = promisify(execFile)
const packageRoot = fileURLToPath(new URL('..', import.meta.url))

test('the type decides which messenger it is, and the other settings go to it', async () => {
  const simple = createMessenger(EntityName.osd(0), { type: 'simple', maxBackoffMs: 7 })
  const fast = createMessenger(EntityName.osd(1), { type: 'async', driver: 'select', workers: 2, maxBackoffMs: 8 })
  expect(simple).toBeInstanceOf(SimpleMessenger)
  expect(fast).toBeInstanceOf(AsyncMessenger)
  expect([simple.options.maxBackoffMs, fast.options.maxBackoffMs]).toEqual([7, 8])
  expect(fast instanceof AsyncMessenger && fast.workerLoads).toHaveLength(2)
  await Promise.all([simple.shutdown(), fast.shutdown()])
})

test('a setting that only the other type has is refused', () => {
  const settings = { type: 'simple', driver: 'epoll' } as const
  expect(() => createMessenger(EntityName.osd(0), settings)).toThrow('there is no option "driver"')
})

// In a process of its own, from what was built, since only there can one see that nothing keeps it alive.
test.each([{ type: 'simple' }, { type: 'async' }, { type: 'async', driver: 'select' }])(
  'with %j, a program ends by itself once its messengers are shut down, or were never bound',
  async (settings) => {
    const program = `
      import { createMessenger, EntityAddr, EntityName, EntityType, MPing, Policies } from '@msgr/messenger'
      const settings = ${JSON.stringify(settings)}
      const idle = createMessenger(EntityName.osd(2), settings)
      const server = createMessenger(EntityName.osd(0), settings)
      const client = createMessenger(EntityName.osd(1), settings)
      for (const messenger of [server, client]) messenger.setDefaultPolicy(Policies.losslessPeer())
      server.addDispatcherHead({
        msDispatch() {
          console.log('got it')
          void server.shutdown()
          void client.shutdown()
          return true
        },
      })
      const addr = await server.bind(EntityAddr.parse('v1:127.0.0.1:0'))
      client.getConnection({ type: EntityType.osd, addr }).sendMessage(new MPing())`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
      cwd: packageRoot,
      timeout: 20_000,
    })
    expect(stdout).toBe('got it\n')
  },
)
