import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityType, MPing, type Message } from '@msgr/message'
import { Policies } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { answerAll, CLIENT, dial, dialAt, numbersBelow, OSD_0, OSD_1, ping, Stage } from './stage.ts'

/** A ping that cannot be written. */
class UnwritablePing extends MPing {
  protected override encodePayload(): void {
    throw new RangeError('what it should say does not fit')
  }
}

/** What two messengers say to each other when nothing goes wrong. Ceph: src/test/msgr/test_msgr.cc, SimpleTest and others */
export function describeExchange(kind: MessengerKind): void {
  const staged = (run: (stage: Stage) => Promise<void>) => () => Stage.run(kind, run)

  describe('exchange', () => {
    test(
      'a ping is answered on the connection it came on',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        answerAll(server)
        const connection = dial(client, server)
        expect(connection.sendMessage(ping(1))).toBe('queued')
        await client.recorder.untilMessages(1)
        expect(connection.isConnected).toBe(true)
        expect(connection.peerType).toBe(EntityType.osd)
        expect(client.recorder.messages[0]?.connection).toBe(connection)
        expect(client.recorder.messages[0]?.source?.toString()).toBe('osd.0')
        expect(server.recorder.messages[0]?.source?.toString()).toBe('client.7')
        expect(client.recorder.count('connect')).toBe(1)
        expect(server.recorder.count('accept')).toBe(1)
      }),
    )

    test(
      'messages of every size arrive whole and in order',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        answerAll(server)
        const connection = dial(client, server)
        const sizes = [0, 1, 100, 1023, 1024, 1025, 4095, 4096, 4097, 65_536, 300_000, 1 << 20, 5, (1 << 22) + 7, 3]
        const bodies = sizes.map((size, i) => new Uint8Array(size).map((_, at) => (at * 31 + i) & 0xff))
        for (const [i, body] of bodies.entries()) connection.sendMessage(ping(i, body))
        await client.recorder.untilMessages(sizes.length)
        for (const [i, message] of client.recorder.messages.entries()) {
          expect(Number(message.tid)).toBe(i)
          expect(Buffer.compare(message.data.toContiguous(), bodies[i] ?? new Uint8Array())).toBe(0)
        }
      }),
    )

    test(
      'a message that cannot be encoded is dropped and logged, and those around it arrive in order',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.losslessPeer())
        const client = await stage.addBound(OSD_1, Policies.losslessPeer())
        const connection = dial(client, server)
        // Once in the queue before there is a socket, and once with one.
        for (const first of [1, 3]) {
          connection.sendMessage(ping(first))
          connection.sendMessage(new UnwritablePing())
          connection.sendMessage(ping(first + 1))
          await server.recorder.untilMessages(first + 1)
        }
        expect(server.recorder.messages.map(({ tid }) => Number(tid))).toEqual([1, 2, 3, 4])
        const complaints = client.log.filter(({ text }) => text.includes('a message cannot be encoded: what it should'))
        expect(complaints).toHaveLength(2)
      }),
    )

    test(
      'a message to oneself arrives, as the object that was sent, and later than the call',
      staged(async (stage) => {
        const player = await stage.addBound(OSD_0, Policies.statelessServer())
        const message = ping(1)
        const connection = dialAt(player, player.messenger.myAddr, EntityType.osd)
        expect(connection).toBe(player.messenger.getLoopbackConnection())
        connection.sendMessage(message)
        expect(player.recorder.messages).toHaveLength(0)
        await player.recorder.untilMessages(1)
        expect(player.recorder.messages[0]).toBe(message)
        expect(message.connection).toBe(connection)
      }),
    )

    test(
      'asking for a connection twice gives the same one, in either direction',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.losslessPeer())
        const client = await stage.addBound(OSD_1, Policies.losslessPeer())
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await server.recorder.untilMessages(1)
        expect(dial(client, server)).toBe(connection)
        expect(connection.peerAddr.equals(server.messenger.myAddr)).toBe(true)
        expect(dial(server, client)).toBe(server.recorder.messages[0]?.connection)
      }),
    )

    test(
      'anonymous connections to one address are distinct, and each can be marked down',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        answerAll(server)
        const one = dial(client, server, { anonymous: true })
        const two = dial(client, server, { anonymous: true })
        expect(one).not.toBe(two)
        one.sendMessage(ping(1))
        two.sendMessage(ping(2))
        await client.recorder.untilMessages(2)
        expect(new Set(server.recorder.messages.map(({ connection }) => connection)).size).toBe(2)
        one.markDown()
        two.sendMessage(ping(3))
        await client.recorder.untilMessages(3)
        expect(client.recorder.messages[2]?.connection).toBe(two)
      }),
    )

    test(
      'a peer whose nonce is not known can be dialled in version 1, and in version 2 that is refused with a word',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), { nonce: 4021 })
        const client = stage.add(CLIENT, Policies.lossyClient())
        answerAll(server)
        const addr = server.messenger.myAddr.with({ nonce: 0 })
        if (addr.type === 'v2') {
          const connect = (): unknown => dialAt(client, addr, EntityType.osd, { anyNonce: true })
          expect(connect).toThrow(expect.objectContaining({ code: 'ERR_MSGR_BAD_ADDRESS' }))
          return
        }
        const connection = dialAt(client, addr, EntityType.osd, { anyNonce: true })
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        expect(connection.peerAddr.nonce).toBe(4021)
      }),
    )

    test(
      'a peer with another nonce than the one dialled is another peer',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), { nonce: 4021 })
        const client = stage.add(CLIENT, Policies.lossyClient())
        dialAt(client, server.messenger.myAddr.with({ nonce: 4022 }), EntityType.osd).sendMessage(ping(1))
        // In version 1 the dialling end notices, in version 2 the other.
        const log = (): string => [...client.log, ...server.log].map(({ text }) => text).join('\n')
        await until(() => /address (of the peer|that was dialled): expected/.test(log()))
        expect(client.recorder.count('connect')).toBe(0)
      }),
    )

    test(
      'a messenger moves to another port, which peers can then dial',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        answerAll(server)
        dial(client, server).sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        const old = server.messenger.myAddr
        const avoid = numbersBelow(10).map((i) => old.port + i)
        const moved = await server.messenger.rebind(avoid)
        expect(avoid).not.toContain(moved.port)
        expect(moved.nonce).not.toBe(old.nonce)
        await client.recorder.untilEvent('reset')
        dial(client, server).sendMessage(ping(2))
        await client.recorder.untilMessages(2)
      }),
    )

    test(
      'a connection that is marked down is closed at once, and its dispatcher is not told',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await server.recorder.untilMessages(1)
        connection.markDown()
        expect(connection.isConnected).toBe(false)
        expect(connection.sendMessage(ping(2))).toBe('dropped')
        await server.recorder.untilEvent('reset')
        expect(client.recorder.count('reset')).toBe(0)
      }),
    )

    test(
      'marking an address down tells the dispatchers',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await server.recorder.untilMessages(1)
        client.messenger.markDown(server.messenger.myAddr)
        await client.recorder.untilEvent('reset')
        expect(client.recorder.events.at(-1)?.connection).toBe(connection)
      }),
    )

    test(
      'sending by name and address connects, unless it is for the peer to do so',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        const peer = { name: OSD_0, addr: server.messenger.myAddr }
        expect(client.messenger.sendMessage(ping(1), peer)).toBe('queued')
        await server.recorder.untilMessages(1)
        expect(server.messenger.sendMessage(ping(2), { name: CLIENT, addr: peer.addr.with({ port: 1 }) })).toBe(
          'dropped',
        )
      }),
    )

    test(
      'a keepalive is answered',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        const connection = dial(client, server)
        connection.sendKeepalive()
        await until(() => connection.lastKeepaliveAckMs !== undefined)
        await server.recorder.untilEvent('accept')
        await until(() => server.recorder.events[0]?.connection.lastKeepaliveMs !== undefined)
      }),
    )

    test(
      'fast dispatchers get what they can take, at once, and others the rest',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        const fast: Message[] = []
        server.messenger.addDispatcherHead({
          msDispatch: () => false,
          msCanFastDispatch: ({ tid }) => tid % 2n === 0n,
          msFastDispatch: (message) => fast.push(message),
        })
        const connection = dial(client, server)
        for (const i of numbersBelow(10)) connection.sendMessage(ping(i))
        await server.recorder.untilMessages(5)
        expect(fast.map(({ tid }) => Number(tid))).toEqual([0, 2, 4, 6, 8])
        expect(server.recorder.tids).toEqual([1, 3, 5, 7, 9])
      }),
    )
  })
}
