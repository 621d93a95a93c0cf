import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityAddr, EntityName, EntityType, MPing } from '@msgr/message'
import { getThreadAffinity } from '@msgr/posix'
import { expect, test } from 'vitest'
import { AsyncMessenger, type AsyncMessengerSettings } from '../../src/index.ts'
import { MNote, note } from './m-note.ts'
import { fixture, numbersBelow, openDescriptors, Party, ping, runningThreads, withParties } from './parties.ts'

function answering(words: SharedArrayBuffer, opThreads: number): AsyncMessengerSettings {
  const fastDispatcher = fixture('answering-dispatcher')
  return { opThreads, fastDispatcher, fastDispatcherData: { words }, messages: [MNote] }
}

// Both ends answer each other's pings on their workers, without an end.
test('a fast dispatcher gets its messages while the thread of the messenger is blocked', async () => {
  const words = new SharedArrayBuffer(8)
  const counter = new Int32Array(words)
  const parties = [
    new Party(0, 'statelessServer', answering(words, 1)),
    new Party(1, 'lossyClient', answering(words, 1)),
  ] as const
  await withParties(parties, async (server, client) => {
    await server.bind()
    const connection = await client.connect(server)
    connection.sendMessage(ping(0))
    await until(() => Atomics.load(counter, 0) > 0)
    const enough = Atomics.load(counter, 0) + 1000
    // From here to the end of the loop this thread does nothing but sleep.
    for (let count = Atomics.load(counter, 0); count < enough; count = Atomics.load(counter, 0)) {
      if (Atomics.wait(counter, 0, count, 10_000) === 'timed-out') break
    }
    expect(Atomics.load(counter, 0)).toBeGreaterThanOrEqual(enough)
    expect([...server.messages, ...client.messages]).toEqual([])
  })
})

test('the connections of one client that stand for themselves are shared among the workers', async () => {
  const parties = [new Party(0, 'statelessServer', { opThreads: 2 }), new Party(1, 'lossyClient')] as const
  await withParties(parties, async (server, client) => {
    await server.bind()
    await client.bind()
    for (let i = 0; i < 4; i++) await client.connect(server)
    expect([...server.messenger.workerLoads]).toEqual([2, 2])
  })
})

test('what a fast dispatcher does not take goes to the thread of the messenger, in order', async () => {
  const words = new SharedArrayBuffer(8)
  const counter = new Int32Array(words)
  const parties = [
    new Party(0, 'statelessServer', answering(words, 1)),
    new Party(1, 'lossyClient', { messages: [MNote] }),
  ] as const
  await withParties(parties, async (server, client) => {
    await server.bind()
    const connection = await client.connect(server)
    for (const tid of numbersBelow(300)) connection.sendMessage(tid % 3 === 0 ? note(tid) : ping(tid))
    const isFast = (tid: number): boolean => tid % 3 !== 0 && tid % 2 === 0
    const fast = numbersBelow(300).filter(isFast)
    const others = numbersBelow(300).filter((tid) => !isFast(tid))
    await until(() => server.messages.length >= others.length && client.messages.length >= fast.length)
    expect(client.tids).toEqual(fast)
    expect(server.tids).toEqual(others)
    expect(server.messages[0]).toBeInstanceOf(MNote)
    expect(server.messages[1]).toBeInstanceOf(MPing)
    expect([...counter]).toEqual([fast.length, 0])
  })
})

test('accepted connections are shared out among the workers', async () => {
  const clients = numbersBelow(8).map((num) => new Party(1 + num, 'lossyClient'))
  const server = new Party(0, 'statelessServer', { opThreads: 4 })
  await withParties<Party[]>([server, ...clients], async () => {
    await server.bind()
    const connections = await Promise.all(clients.map((client) => client.connect(server)))
    await until(() => server.accepted.length === 8)
    expect([...server.messenger.workerLoads]).toEqual([2, 2, 2, 2])
    for (const connection of connections) connection.sendMessage(ping(7))
    await until(() => server.messages.length === 8)
    expect(new Set(server.messages.map(({ connection }) => connection))).toEqual(new Set(server.accepted))
  })
})

/** Each end has threads, and ends with its block. */
async function exchangeOnce(): Promise<void> {
  const server = new Party(0, 'statelessServer', { opThreads: 3 })
  const client = new Party(1, 'lossyClient', { opThreads: 2 })
  await using serving = server.messenger
  await using dialling = client.messenger
  const addr = await serving.bind(EntityAddr.parse('v2:127.0.0.1:0'))
  dialling.getConnection({ type: EntityType.osd, addr }).sendMessage(ping(0))
  await until(() => server.messages.length === 1)
}

test('messengers that come and go leave no thread and no descriptor behind', async () => {
  await exchangeOnce()
  const before = { descriptors: openDescriptors(), threads: runningThreads() }
  for (let i = 0; i < 5; i++) await exchangeOnce()
  expect({ descriptors: openDescriptors(), threads: runningThreads() }).toEqual(before)
})

const FORGETFUL = fixture('forgotten-messengers')

test.each([
  ['a process', [fileURLToPath(FORGETFUL)]],
  ['a process with flags of V8', ['--expose-gc', '--max-old-space-size=500', fileURLToPath(FORGETFUL)]],
  ['a process whose program is an argument', ['--input-type=module', '--eval', `import '${FORGETFUL.href}'`]],
])('%s ends although its messengers, which are unrefed, are connected and listen', async (_, args) => {
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 })
  expect(stdout).toBe('true 1,0\n')
})

test('a core that is not there is refused with a word', () => {
  const make = (): unknown => new AsyncMessenger(EntityName.osd(0), { opThreads: 1, affinityCores: [1023] })
  expect(make).toThrow(expect.objectContaining({ name: 'MessengerError', code: 'ERR_MSGR_OPTION' }))
  expect(make).toThrow('got 1023')
})

test('workers run on the cores that they are given, and nothing else does', async () => {
  const present = getThreadAffinity()
  for (const core of present) {
    const words = new SharedArrayBuffer(8)
    const fastDispatcher = fixture('affinity-reporter')
    const settings = { opThreads: 1, affinityCores: [core], fastDispatcher, fastDispatcherData: { words } }
    await withParties([new Party(0, 'statelessServer', settings)], async (server) => {
      await server.bind()
      expect([...new Int32Array(words)]).toEqual([1, core])
    })
  }
  expect(getThreadAffinity()).toEqual(present)
})
