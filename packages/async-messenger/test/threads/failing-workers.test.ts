import { connect } from 'node:net'
import { until } from '@msgr-tooling/vitest-preset/until'
import { BufferList } from '@msgr/bufferlist'
import { EntityType } from '@msgr/message'
import { Throttle } from '@msgr/messenger-core'
import { expect, test } from 'vitest'
import { MNote, note } from './m-note.ts'
import { fixture, numbersBelow, openDescriptors, Party, ping, runningThreads, withParties } from './parties.ts'

const UNLUCKY = 13
const WAYS = [
  ['throws', 'throw', '13 is unlucky'],
  ['ends its thread without a word', 'exit', 'its thread came to an end'],
] as const

/** One worker of two fails, while a connection lives on each. */
async function loseOneWorker(how: string, reason: string): Promise<void> {
  const settings = { opThreads: 2, fastDispatcher: fixture('failing-dispatcher'), fastDispatcherData: { how } }
  const clients = [new Party(1, 'lossyClient'), new Party(2, 'lossyClient'), new Party(3, 'lossyClient')] as const
  const parties = [new Party(0, 'statelessServer', settings), ...clients] as const
  await withParties(parties, async (server, first, second, third) => {
    await server.bind()
    const doomed = await first.connect(server)
    const other = await second.connect(server)
    expect([...server.messenger.workerLoads]).toEqual([1, 1])

    doomed.sendMessage(ping(UNLUCKY))
    const failures = (): string[] => server.log.filter((text) => text.includes('worker 0 failed'))
    await until(() => failures().length > 0 && first.resets.length > 0)
    await until(() => server.resets.length > 0)
    expect(failures()).toEqual([expect.stringContaining(reason)])
    expect(server.resets).toEqual([server.accepted[0]])
    expect(first.resets).toEqual([doomed])

    other.sendMessage(ping(1))
    await until(() => second.messages.length === 1)

    const next = await third.connect(server)
    expect([...server.messenger.workerLoads]).toEqual([1, 1])
    next.sendMessage(ping(2))
    await until(() => third.messages.length === 1)
    expect(other.isConnected).toBe(true)
    expect(server.resets).toHaveLength(1)
    expect(server.messages).toEqual([])
  })
}

test.each(WAYS)(
  'a fast dispatcher that %s takes its own worker down and no other, and a new one takes its place',
  async (_, how, reason) => {
    await loseOneWorker(how, reason)
  },
)

test.each(WAYS)(
  'a worker whose fast dispatcher %s leaves no thread and no descriptor behind',
  async (_, how, reason) => {
    await loseOneWorker(how, reason)
    const before = { descriptors: openDescriptors(), threads: runningThreads() }
    for (let i = 0; i < 3; i++) await loseOneWorker(how, reason)
    expect({ descriptors: openDescriptors(), threads: runningThreads() }).toEqual(before)
  },
)

/** A server whose one worker ends without a word at the unlucky message, once `end` is called. */
function openDoomed(): { readonly doomed: Party; readonly end: () => void } {
  const may = new Int32Array(new SharedArrayBuffer(4))
  const fastDispatcherData = { how: 'exit', may }
  const settings = {
    opThreads: 1,
    fastDispatcher: fixture('failing-dispatcher'),
    fastDispatcherData,
    messages: [MNote],
  }
  const end = (): void => {
    Atomics.store(may, 0, 1)
    Atomics.notify(may, 0)
  }
  return { doomed: new Party(0, 'statelessServer', settings), end }
}

test('sockets that were on their way to a worker when it failed are closed', async () => {
  const { doomed, end } = openDoomed()
  const parties = [doomed, new Party(1, 'lossyClient')] as const
  await withParties(parties, async (server, client) => {
    await server.bind()
    const connection = await client.connect(server)
    connection.sendMessage(ping(UNLUCKY))
    const { host, port } = server.messenger.myAddr
    const newcomers = numbersBelow(3).map(() => connect(port, host).resume())
    await until(() => server.messenger.workerLoads[0] === 1 + newcomers.length)
    end()
    await until(() => server.resets.length === 1 && newcomers.every(({ closed }) => closed))
  })
})

test('what a worker that ended without a word had taken of a throttle is given back', async () => {
  const { doomed, end } = openDoomed()
  const parties = [doomed, new Party(1, 'lossyClient', { messages: [MNote] })] as const
  await withParties(parties, async (server, client) => {
    const bytes = new Throttle(1000)
    const messages = new Throttle(100)
    server.messenger.setPolicyThrottlers(EntityType.osd, { bytes, messages })
    await server.bind()
    const connection = await client.connect(server)
    for (const tid of [1, 2, UNLUCKY]) {
      const message = tid === UNLUCKY ? ping(tid) : note(tid)
      message.data = new BufferList(new Uint8Array(100))
      connection.sendMessage(message)
    }
    await until(() => server.messages.length === 2 && messages.current === 1)
    expect(bytes.current).toBeGreaterThanOrEqual(100)
    end()
    await until(() => server.resets.length === 1)
    expect([bytes.current, messages.current]).toEqual([0, 0])
  })
})

test('connections that are dialled when no worker could be started fail, and nothing hangs', async () => {
  await withParties([new Party(0, 'statelessServer')], async (server) => {
    await server.bind()
    const settings = { opThreads: 1, fastDispatcher: fixture('factory-that-throws') }
    await withParties([new Party(1, 'lossyClient', settings)], async (client) => {
      const peer = { type: EntityType.osd, addr: server.messenger.myAddr }
      client.messenger.getConnection(peer).sendMessage(ping(0))
      await until(() => client.resets.length === 1)
      expect(() => client.messenger.getConnection(peer)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_WORKER' }))
    })
  })
})
