import { AuthClient, CryptoKey } from '@msgr/auth'
import { EntityAddr, EntityName, EntityType } from '@msgr/message'
import { SimpleMessenger } from '@msgr/messenger'
import { describe, expect, test } from 'vitest'
import { MConfig, MMonCommand, MMonMap, MMonSubscribe, monMessages, MonCommandResult } from '../src/index.ts'
import { cleanUps, connected, makeClient, monitorOf, NAME, startOpen } from './client-scene.ts'
import { Relay } from './relay.ts'
import { SmallCluster } from './small-monitor.ts'
import { VirtualTimers } from './virtual-timers.ts'

describe('connecting', () => {
  test.each(['v1', 'v2'] as const)('over %s gets the map of monitors, and asks for changes of it', async (wire) => {
    const { cluster, monitors } = await startOpen(2, wire)
    const client = await connected(monitors)
    expect(client.monMap?.epoch).toBe(cluster.monMap.epoch)
    expect(client.auth.globalId).toBeGreaterThan(0n)
    const monitor = monitorOf(client, monitors)
    await expect.poll(() => monitor.of(MMonSubscribe)).toHaveLength(1)
    expect([...(monitor.of(MMonSubscribe)[0]?.requests.keys() ?? [])]).toEqual(['monmap'])
    await client.connect()
  })

  test('goes on to those who answer: one is silent, one is not there', async () => {
    const { monitors } = await startOpen()
    const silent = await Relay.start()
    const gone = await Relay.start()
    await gone.stop()
    cleanUps.push(() => silent.stop())
    const client = await connected([gone, silent, ...monitors])
    expect(client.monitorAddr?.equals(monitors[0]!.addr)).toBe(true)
  })

  test('tries others after a while, one after the other if told to', async () => {
    const { monitors } = await startOpen()
    const silent = await Relay.start()
    cleanUps.push(() => silent.stop())
    const timers = new VirtualTimers()
    const client = makeClient([silent, ...monitors], { timers, huntParallel: 1, random: () => 0 })
    const connecting = client.connect()
    expect(timers.nextInMs).toBe(3000)
    timers.advance(2999)
    expect(monitors[0]!.received).toEqual([])
    timers.advance(1)
    await connecting
    expect(client.monitorAddr?.equals(monitors[0]!.addr)).toBe(true)
  })

  test('ends after a time, and says who was tried and what came of it', async () => {
    const gone = await Relay.start()
    await gone.stop()
    const timers = new VirtualTimers()
    const log: string[] = []
    const nowhere = { addr: EntityAddr.parse('v1:127.0.0.1:1/0').with({ type: 'none' }) }
    const client = makeClient([gone, nowhere], { timers, logger: (_, text) => log.push(text) })
    const connecting = client.connect({ timeoutMs: 10_000 })
    await expect.poll(() => log).toEqual([expect.stringContaining('nobody listens there')])
    timers.advance(2000)
    const later = client.connect({ timeoutMs: 500 })
    timers.advance(500)
    await expect(later).rejects.toMatchObject({
      name: 'TimeoutError',
      message: expect.stringMatching(
        /^expected a session with one of v1:127.0.0.1:\d+\/0 \(nobody listens there\), - \(.+\) within 500 ms, got none$/,
      ) as string,
    })
    timers.advance(7500)
    await expect(connecting).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('ends with its signal', async () => {
    const silent = await Relay.start()
    cleanUps.push(() => silent.stop())
    const controller = new AbortController()
    const connecting = makeClient([silent]).connect({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(connecting).rejects.toThrow('enough')
  })

  test('ends with a close, as do all waits that come later', async () => {
    const silent = await Relay.start()
    cleanUps.push(() => silent.stop())
    const client = makeClient([silent])
    const waits = [client.connect(), client.command({ prefix: 'x' }), client.getVersion('osdmap')]
    await Promise.all([
      ...waits.map((wait) => expect(wait).rejects.toMatchObject({ code: 'ERR_MSGR_MON_CLOSED' })),
      client.close(),
    ])
    for (const wait of [client.connect(), client.command({ prefix: 'x' })]) {
      await expect(wait).rejects.toMatchObject({ code: 'ERR_MSGR_MON_CLOSED' })
    }
    const values = client.subscribe('osdmap')
    expect(await values.next()).toEqual({ done: true, value: undefined })
    expect(client.close()).toBe(client.close())
  })
})

describe.each(['v1', 'v2'] as const)('commands over %s', (wire) => {
  test('carry arguments and input, and bring status and output', async () => {
    const { cluster, monitors } = await startOpen(1, wire)
    const output = new TextEncoder().encode('{"a":1}')
    cluster.answerCommand = () => ({ status: 'done', output, version: 5, result: 3 })
    const client = await connected(monitors)
    const input = new Uint8Array([1, 2, 3])
    const result = await client.command({ prefix: 'osd setcrushmap', format: 'json', n: 1 }, { input })
    expect(result).toBeInstanceOf(MonCommandResult)
    expect(result).toMatchObject({ status: 'done', version: 5, result: 3, text: '{"a":1}' })
    expect(result.json()).toEqual({ a: 1 })
    const [command] = monitors[0]!.of(MMonCommand)
    expect(command?.fields.cmd).toEqual(['{"prefix":"osd setcrushmap","format":"json","n":1}'])
    expect(command?.fields.fsid.equals(cluster.monMap.fsid)).toBe(true)
    expect(command?.fields.input).toEqual(input)
  })

  test('in JSON go as they stand', async () => {
    const { cluster, monitors } = await startOpen(1, wire)
    const client = await connected(monitors)
    await client.command('{"prefix":"x", "weight": 1.0}')
    expect(monitors[0]!.of(MMonCommand)[0]?.fields.cmd).toEqual(['{"prefix":"x", "weight": 1.0}'])
    cluster.answerCommand = () => ({ result: -1 })
    await expect(client.command('{"prefix":"y"}')).rejects.toThrow('y: EPERM')
  })

  test('that fail throw', async () => {
    const { cluster, monitors } = await startOpen(1, wire)
    cluster.answerCommand = () => ({ result: -22, status: 'command not known' })
    const client = await connected(monitors)
    await expect(client.command({ prefix: 'nonsense' })).rejects.toMatchObject({
      code: 'ERR_MSGR_MON_COMMAND',
      prefix: 'nonsense',
      result: -22,
      errno: 'EINVAL',
      status: 'command not known',
    })
  })

  test('may be given before there is a session, and at the same time', async () => {
    const { monitors } = await startOpen(1, wire)
    const client = makeClient(monitors)
    const results = ['a', 'b', 'c'].map((prefix) => client.command({ prefix }))
    await client.connect()
    expect((await Promise.all(results)).map(({ status }) => status)).toEqual(['did a', 'did b', 'did c'])
  })

  test('whose monitor dies in the middle are given to another one, under the same tid', async () => {
    const { cluster, monitors } = await startOpen(3, wire)
    const client = await connected(monitors)
    const first = monitorOf(client, monitors)
    cluster.answerCommand = ({ prefix }) => {
      if (monitorOf(client, monitors) !== first) return { status: `did ${String(prefix)}` }
      void first.stop()
      return undefined
    }
    const result = await client.command({ prefix: 'osd pool create', pool: 'x' })
    expect(result.status).toBe('did osd pool create')
    const second = monitorOf(client, monitors)
    expect(second).not.toBe(first)
    const [asked, again] = [...first.of(MMonCommand), ...second.of(MMonCommand)]
    expect([again?.tid, again?.fields.cmd]).toEqual([asked?.tid, asked?.fields.cmd])
    expect(asked?.tid).toBeGreaterThan(0n)
  })

  test('that nobody waits for any more are not given again', async () => {
    const { cluster, monitors } = await startOpen(2, wire)
    const client = await connected(monitors)
    const first = monitorOf(client, monitors)
    cluster.answerCommand = ({ prefix }) => (prefix === 'slow' ? undefined : { status: 'did' })
    const timers = new AbortController()
    const slow = client.command({ prefix: 'slow' }, { signal: timers.signal })
    await expect.poll(() => first.of(MMonCommand)).toHaveLength(1)
    timers.abort(new Error('too slow'))
    await expect(slow).rejects.toThrow('too slow')
    await first.stop()
    await client.command({ prefix: 'quick' })
    const second = monitorOf(client, monitors)
    expect(second.of(MMonCommand).map(({ fields }) => fields.cmd)).toEqual([['{"prefix":"quick"}']])
  })

  test('end after a time', async () => {
    const { cluster, monitors } = await startOpen(1, wire)
    cluster.answerCommand = () => undefined
    const timers = new VirtualTimers()
    const client = await connected(monitors, { timers })
    const wait = client.command({ prefix: 'slow' }, { timeoutMs: 500 })
    timers.advance(500)
    await expect(wait).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'expected an answer within 500 ms, got none',
    })
  })
})

test('versions of maps are told', async () => {
  const { cluster, monitors } = await startOpen()
  const client = await connected(monitors)
  expect(await client.getVersion('osdmap')).toEqual({ version: 6, oldestVersion: 1 })
  expect(await client.getVersion('monmap')).toEqual({ version: cluster.monMap.epoch, oldestVersion: 1 })
})

describe('a session', () => {
  test('with a monitor that has gone silent is given up for another one', async () => {
    const { cluster, monitors } = await startOpen(2)
    const relay = await Relay.start(monitors[0]!.addr)
    cleanUps.push(() => relay.stop())
    cluster.setMonitors([relay.addr, monitors[1]!.addr])
    const timers = new VirtualTimers()
    const client = await connected([relay], { timers })
    expect(client.monitorAddr?.equals(relay.addr)).toBe(true)
    await client.command({ prefix: 'a' })
    relay.holdBack()
    timers.advance(29_999)
    expect(client.monitorAddr?.equals(relay.addr)).toBe(true)
    timers.advance(1)
    expect((await client.command({ prefix: 'b' })).status).toBe('did b')
    expect(client.monitorAddr?.equals(monitors[1]!.addr)).toBe(true)
  })

  test('whose monitor answers keepalives is kept', async () => {
    const { monitors } = await startOpen()
    const timers = new VirtualTimers()
    const client = await connected(monitors, { timers })
    const connection = [...monitors[0]!.clients][0]
    for (let i = 0; i < 6; i++) {
      const before = connection?.lastKeepaliveMs
      timers.advance(10_000)
      await expect.poll(() => connection?.lastKeepaliveMs).not.toBe(before)
      // The answer follows at once, and a command's comes behind it.
      await client.command({ prefix: 'x' })
    }
    expect(monitors[0]!.clients.size).toBe(1)
  })

  test('that ends at once is not replaced at once for ever', async () => {
    const { cluster, monitors } = await startOpen()
    cluster.answerCommand = () => undefined
    const timers = new VirtualTimers()
    const client = await connected(monitors, { timers })
    monitors[0]!.tellAll(() => new MMonMap(new Uint8Array([1])))
    await expect.poll(() => client.monitorAddr).toBeUndefined()
    expect(timers.nextInMs).toBe(4500)
    timers.advance(4500)
    await client.connect()
    expect(client.monitorAddr?.equals(monitors[0]!.addr)).toBe(true)
  })

  test('ends when its monitor leaves the map', async () => {
    const { cluster, monitors } = await startOpen(2)
    const client = await connected(monitors)
    const first = monitorOf(client, monitors)
    const [other] = monitors.filter((monitor) => monitor !== first)
    cluster.setMonitors([other!.addr])
    first.publish()
    await expect.poll(() => client.monitorAddr?.equals(other!.addr)).toBe(true)
    expect(client.monMap?.epoch).toBe(cluster.monMap.epoch)
  })

  test.each([
    ['bytes that are no map', () => new MMonMap(new Uint8Array([9, 6, 1, 2]))],
    ['a map of another cluster', (cluster: SmallCluster) => cluster.foreignMonMap()],
    ['a map of no monitors', (cluster: SmallCluster) => cluster.emptyMonMap()],
  ])('ends when its monitor sends %s, and the next one is asked', async (_, make) => {
    const { cluster, monitors } = await startOpen(2)
    const client = await connected(monitors)
    const first = monitorOf(client, monitors)
    first.tellAll(() => make(cluster))
    await expect.poll(() => client.monitorAddr !== undefined && monitorOf(client, monitors) !== first).toBe(true)
    expect((await client.command({ prefix: 'x' })).status).toBe('did x')
  })
})

describe('a messenger that others use too', () => {
  test('is left running, and gives them what is theirs', async () => {
    const { monitors } = await startOpen()
    const messenger = new SimpleMessenger(new EntityName(EntityType.client, -1), { messages: monMessages })
    cleanUps.push(() => messenger.shutdown())
    const seen: string[] = []
    messenger.addDispatcherTail({
      msDispatch: (message) => seen.push(message.constructor.name) > 0,
      msHandleReset: () => seen.push('reset') > 0,
    })
    const client = makeClient(monitors, { messenger, ownsMessenger: false })
    await client.connect()
    await client.command({ prefix: 'x' })
    expect(seen).toEqual([])
    messenger.getLoopbackConnection().sendMessage(new MConfig())
    await expect.poll(() => seen).toEqual(['MConfig'])
    await client.close()
    expect(() => messenger.getConnection({ type: EntityType.mon, addr: monitors[0]!.addr })).not.toThrow()
  })
})

test.each(['v1', 'v2'] as const)('over %s a key that the monitors do not know is refused, at once', async (wire) => {
  const cluster = new SmallCluster(wire)
  cleanUps.push(() => cluster.stop())
  const monitors = await cluster.start(2)
  cluster.keyring.generate(NAME)
  const auth = new AuthClient(NAME, { key: CryptoKey.generate() })
  await expect(makeClient(monitors, { auth }).connect()).rejects.toMatchObject({
    code: 'ERR_MSGR_AUTH_REFUSED',
    result: -13,
  })
})
