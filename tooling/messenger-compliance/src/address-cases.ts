import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityAddrVec, EntityType, type Connection, type EntityAddr } from '@msgr/message'
import { Policies } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { answerAll, CLIENT, numbersBelow, OSD_0, OSD_1, ping, Stage, type Player } from './stage.ts'

/** A connection to an OSD by one or several of its addresses. */
function dialAny(from: Player, addr: EntityAddr | EntityAddrVec): Connection {
  return from.messenger.getConnection({ type: EntityType.osd, addr })
}

/** Of which version the address is by which each message's connection knows its peer. */
function peerTypes(player: Player): (string | undefined)[] {
  return player.recorder.messages.map(({ connection }) => connection?.peerAddr.type)
}

/** What a messenger with several addresses, in both versions of the protocol, does at each. */
export function describeAddresses(kind: MessengerKind): void {
  const both = new EntityAddrVec([kind.bindAddr.with({ type: 'v2' }), kind.bindAddr.with({ type: 'v1' })])
  const staged = (run: (stage: Stage) => Promise<void>) => () => Stage.run(kind, run)

  /** A server at both, that answers everything. */
  const addServer = async (stage: Stage, addrs: EntityAddrVec = both): Promise<Player> => {
    const server = stage.add(OSD_0, Policies.statelessServer())
    await server.messenger.bindv(addrs)
    answerAll(server)
    return server
  }

  describe('addresses', () => {
    test.each([
      ['v2 and v1', ['v2', 'v1']],
      ['v1 and v2', ['v1', 'v2']],
      ['v2 twice', ['v2', 'v2']],
    ] as const)('a messenger listens at all it is bound to, %s, and tells of them in that order', (_, types) =>
      Stage.run(kind, async (stage) => {
        const server = stage.add(OSD_0, Policies.statelessServer())
        const addrs = await server.messenger.bindv(new EntityAddrVec(types.map((type) => kind.bindAddr.with({ type }))))
        const { boundAddrs, myAddrs, myAddr } = server.messenger
        expect([...addrs].map(({ type }) => type)).toEqual(types)
        expect(myAddrs.toString()).toBe(addrs.toString())
        expect(myAddr.toString()).toBe(addrs.front.toString())
        expect([...boundAddrs].map(({ type, port }) => [type, port])).toEqual(
          [...addrs].map(({ type, port }) => [type, port]),
        )
        expect(new Set([...addrs].map(({ port }) => port)).size).toBe(2)
        expect(new Set([...addrs].map(({ nonce }) => nonce))).toEqual(new Set([myAddr.nonce]))
        answerAll(server)
        const client = stage.add(CLIENT, Policies.lossyClient())
        for (const addr of addrs) dialAny(client, addr).sendMessage(ping(addr.port))
        await client.recorder.untilMessages(2)
        expect(server.recorder.tids.toSorted()).toEqual([...addrs].map(({ port }) => port).toSorted())
      }),
    )

    test(
      'if one port is taken a messenger listens at none, and may be bound again',
      staged(async (stage) => {
        const first = await addServer(stage)
        const free = stage.add(OSD_1, Policies.statelessServer())
        const { port } = await free.messenger.bind(kind.bindAddr)
        await free.messenger.shutdown()

        const second = stage.add(OSD_1, Policies.statelessServer(), { bindRetryCount: 1 })
        const taken = first.messenger.myAddrs.legacyAddr()
        const bound = second.messenger.bindv(new EntityAddrVec([kind.bindAddr.with({ port }), taken]))
        await expect(bound).rejects.toMatchObject({ code: 'ERR_MSGR_BIND' })
        await expect(bound).rejects.toThrow(String(taken.port))
        expect([second.messenger.boundAddrs.length, second.messenger.myAddr.port]).toEqual([0, 0])

        const third = stage.add(OSD_1, Policies.statelessServer(), { bindRetryCount: 1 })
        expect((await third.messenger.bind(kind.bindAddr.with({ port }))).port).toBe(port)
        await second.messenger.bindv(both)
        answerAll(second)
        const client = stage.add(CLIENT, Policies.lossyClient())
        for (const addr of second.messenger.myAddrs) dialAny(client, addr).sendMessage(ping(1))
        await client.recorder.untilMessages(2)
      }),
    )

    test(
      'no address at all is none to be bound to',
      staged(async (stage) => {
        const { messenger } = stage.add(OSD_0, Policies.statelessServer())
        await expect(messenger.bindv(new EntityAddrVec())).rejects.toMatchObject({ code: 'ERR_MSGR_BAD_ADDRESS' })
        await messenger.bindv(both)
        await expect(messenger.bindv(both)).rejects.toMatchObject({ code: 'ERR_MSGR_ALREADY_BOUND' })
      }),
    )

    test.each([
      ['v2 first', both],
      ['v1 first', new EntityAddrVec([...both].toReversed())],
    ])('a peer with both is talked to in version 2, %s', (_, addrs) =>
      Stage.run(kind, async (stage) => {
        const server = await addServer(stage, addrs)
        const client = stage.add(CLIENT, Policies.lossyClient())
        const connection = dialAny(client, server.messenger.myAddrs)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        const msgr2 = server.messenger.myAddrs.msgr2Addr()
        expect(connection.peerAddr.toString()).toBe(msgr2.toString())
        expect(connection.peerAddrs.toString()).toBe(server.messenger.myAddrs.toString())
        // One that listens nowhere has no address of either version; version 1 calls it one of its own.
        expect(peerTypes(server)).toEqual(['any'])
        expect(dialAny(client, msgr2)).toBe(connection)
      }),
    )

    test(
      'a peer of which but the address of version 1 is known is talked to in version 1, beside those in version 2',
      staged(async (stage) => {
        const server = await addServer(stage)
        const legacy = server.messenger.myAddrs.legacyAddr()
        const [old, recent] = [stage.add(CLIENT, Policies.lossyClient()), stage.add(CLIENT, Policies.lossyClient())]
        dialAny(old, legacy).sendMessage(ping(1))
        await old.recorder.untilMessages(1)
        dialAny(recent, server.messenger.myAddrs).sendMessage(ping(2))
        await recent.recorder.untilMessages(1)
        dialAny(old, new EntityAddrVec([legacy])).sendMessage(ping(3))
        await old.recorder.untilMessages(2)
        expect(peerTypes(server)).toEqual(['v1', 'any', 'v1'])
        expect(server.recorder.messages[2]?.connection).toBe(server.recorder.messages[0]?.connection)
        expect(server.messenger.connectionCount).toBe(2)
      }),
    )

    test(
      'any of its own addresses gives a messenger the connection to itself',
      staged(async (stage) => {
        const { messenger, recorder } = await addServer(stage)
        recorder.onMessage = () => true
        const local = messenger.getLoopbackConnection()
        const ways = [...messenger.myAddrs, messenger.myAddrs]
        for (const addr of ways) expect(messenger.getConnection({ type: EntityType.osd, addr })).toBe(local)
        for (const [tid, addr] of [...messenger.myAddrs].entries()) {
          expect(messenger.sendMessage(ping(tid), { name: OSD_0, addr })).toBe('queued')
        }
        await recorder.untilMessages(2)
        expect(recorder.tids).toEqual([0, 1])
        expect(messenger.connectionCount).toBe(0)
      }),
    )

    test(
      'addresses that are announced are told for those listened at, and are the ones to dial',
      staged(async (stage) => {
        const server = stage.add(OSD_0, Policies.statelessServer())
        const announced = new EntityAddrVec([...both].map((addr, i) => addr.with({ port: 40_000 + i })))
        const addrs = await server.messenger.bindv(both, { announced })
        const { nonce } = server.messenger.myAddr
        expect(addrs.toString()).toBe(new EntityAddrVec([...announced].map((addr) => addr.with({ nonce }))).toString())
        expect(server.messenger.myAddrs.toString()).toBe(addrs.toString())
        expect([...server.messenger.boundAddrs].map(({ type }) => type)).toEqual(['v2', 'v1'])
        expect([...server.messenger.boundAddrs].map(({ port }) => port)).not.toContain(40_000)
        for (const addr of addrs) expect(dialAny(server, addr)).toBe(server.messenger.getLoopbackConnection())

        // Whoever comes by another way meant somebody else: either version tells, the one here and the other there.
        const client = stage.add(CLIENT, Policies.lossyClient())
        for (const addr of server.messenger.boundAddrs) dialAny(client, addr.with({ nonce })).sendMessage(ping(1))
        const tells = ({ log }: Player, text: string): boolean => log.some((line) => line.text.includes(text))
        await until(() => tells(server, 'address that was dialled') && tells(client, 'address of the peer'))
        expect(server.recorder.messages).toHaveLength(0)
      }),
    )

    test(
      'a messenger that moves has other ports for all its addresses, and is another incarnation at each',
      staged(async (stage) => {
        const server = await addServer(stage)
        const before = server.messenger.myAddrs
        const client = stage.add(CLIENT, Policies.lossyClient())
        for (const addr of before) dialAny(client, addr).sendMessage(ping(0))
        await client.recorder.untilMessages(2)
        const moved = await server.messenger.rebind()
        await server.recorder.untilEvent('reset', 2)
        const after = server.messenger.myAddrs
        expect(moved.toString()).toBe(after.front.toString())
        expect([...after].map(({ type }) => type)).toEqual(['v2', 'v1'])
        const ports = [...before, ...after].map(({ port }) => port)
        expect(new Set(ports).size).toBe(4)
        const nonce = (before.front.nonce + 1_000_000) % 2 ** 32
        expect([...after].map((addr) => addr.nonce)).toEqual([nonce, nonce])

        await client.recorder.untilEvent('reset', 2)
        for (const addr of after) dialAny(client, addr).sendMessage(ping(1))
        await client.recorder.untilMessages(4)
        for (const addr of before) dialAny(client, addr).sendMessage(ping(2))
        await client.recorder.untilEvent('refused', 2)
        expect(server.recorder.tids).toEqual([0, 0, 1, 1])
      }),
    )

    test(
      'a peer that comes in either version has a session in each, and loses but the one that is closed',
      staged(async (stage) => {
        const [one, two] = [stage.add(OSD_0, Policies.losslessPeer()), stage.add(OSD_1, Policies.losslessPeer())]
        for (const { messenger } of [one, two]) await messenger.bindv(both)
        const { myAddrs } = two.messenger
        const [recent, old] = [dialAny(one, myAddrs.msgr2Addr()), dialAny(one, myAddrs.legacyAddr())]
        expect(old).not.toBe(recent)
        recent.sendMessage(ping(1))
        await two.recorder.untilMessages(1)
        old.sendMessage(ping(2))
        await two.recorder.untilMessages(2)
        expect(peerTypes(two)).toEqual(['v2', 'v1'])
        expect(two.messenger.connectionCount).toBe(2)

        // Its peer finds each by the address that it is of.
        expect(dialAny(two, one.messenger.myAddrs.legacyAddr())).toBe(two.recorder.messages[1]?.connection)
        expect(dialAny(two, one.messenger.myAddrs)).toBe(two.recorder.messages[0]?.connection)
        one.messenger.markDown(myAddrs.legacyAddr())
        await one.recorder.untilEvent('reset')
        recent.sendMessage(ping(3))
        await two.recorder.untilMessages(3)
        expect([recent.isConnected, one.recorder.count('reset')]).toEqual([true, 1])
      }),
    )

    // In version 2 its peer could not dial it when the session has to be taken up.
    test(
      'a messenger that listens in version 1 alone speaks that, and keeps its session over faults',
      staged(async (stage) => {
        const one = stage.add(OSD_0, Policies.losslessPeer(), { injectSocketFailures: 20, injectSeed: 7 })
        const two = stage.add(OSD_1, Policies.losslessPeer())
        await one.messenger.bind(both.legacyAddr())
        await two.messenger.bindv(both)
        answerAll(two)
        const connection = dialAny(one, two.messenger.myAddrs)
        expect(connection.peerAddr.toString()).toBe(two.messenger.myAddrs.legacyAddr().toString())
        for (const tid of numbersBelow(100)) {
          connection.sendMessage(ping(tid))
          await one.recorder.untilMessages(tid + 1)
        }
        expect([one.recorder.tids, two.recorder.tids]).toEqual([numbersBelow(100), numbersBelow(100)])
        expect(one.log.filter(({ text }) => text.includes('on purpose')).length).toBeGreaterThan(1)
      }),
    )

    test(
      'a peer that listens in version 1 alone, and has come in version 2, is not dialled in version 2',
      staged(async (stage) => {
        const [one, two] = [stage.add(OSD_0, Policies.losslessClient()), stage.add(OSD_1, Policies.losslessPeer())]
        await one.messenger.bind(both.legacyAddr())
        await two.messenger.bind(both.msgr2Addr())
        const connection = dialAny(one, two.messenger.myAddrs)
        connection.sendMessage(ping(1))
        await two.recorder.untilMessages(1)
        const theirs = two.recorder.messages[0]?.connection
        one.messenger.markDown(two.messenger.myAddr)
        await until(() => theirs?.isConnected === false)
        theirs?.sendMessage(ping(2))
        dialAny(one, two.messenger.myAddrs).sendMessage(ping(3))
        await two.recorder.untilMessages(2)
        expect([one, two].flatMap(({ log }) => log).filter(({ text }) => text.includes('banner'))).toEqual([])
      }),
    )
  })
}
