import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityAddrVec, EntityType, MESSAGE_FOOTER_SIZE, MESSAGE_HEADER_SIZE } from '@msgr/message'
import { Policies, type PolicyName } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { answerAll, CLIENT, dialAt, numbersBelow, OSD_0, OSD_1, ping, Stage } from './stage.ts'
import { TcpProxy } from './tcp-proxy.ts'

/** Runs a test with a proxy in front of a server that answers everything. */
async function withProxy(
  kind: MessengerKind,
  policies: readonly [client: PolicyName, server: PolicyName],
  run: (cast: Awaited<ReturnType<typeof setUp>>) => Promise<void>,
): Promise<void> {
  await Stage.run(kind, async (stage) => {
    const cast = await setUp(kind, stage, policies)
    try {
      await run(cast)
    } finally {
      await cast.proxy.close()
    }
  })
}

async function setUp(
  kind: MessengerKind,
  stage: Stage,
  [clientPolicy, serverPolicy]: readonly [PolicyName, PolicyName],
) {
  const proxy = await TcpProxy.on(kind.bindAddr)
  const server = stage.add(OSD_0, Policies[serverPolicy]())
  const announced = new EntityAddrVec([proxy.addr])
  await server.messenger.bindv(new EntityAddrVec([kind.bindAddr]), { announced })
  proxy.target = server.messenger.boundAddrs.front
  // A client that can be dialled back has an address of its own, by which its session is known.
  const client = await stage.addBound(clientPolicy === 'losslessClient' ? CLIENT : OSD_1, Policies[clientPolicy]())
  answerAll(server)
  const connection = dialAt(client, server.messenger.myAddr, EntityType.osd)
  connection.sendMessage(ping(0))
  await client.recorder.untilMessages(1)
  return { stage, server, client, proxy, connection }
}

/** A message without a body: tag, header and footer in version 1; preamble, header and its crc in version 2. */
const MESSAGE_LENGTH = { v1: 1 + MESSAGE_HEADER_SIZE + MESSAGE_FOOTER_SIZE, v2: 32 + 41 + 4 } as const

const LOSSLESS = [
  ['losslessClient', 'statefulServer'],
  ['losslessPeer', 'losslessPeer'],
  ['losslessPeerReuse', 'losslessPeerReuse'],
] as const

/** What becomes of a session whose sockets break in ways that one end does not see. */
export function describeFailover(kind: MessengerKind): void {
  describe('failover', () => {
    test.each(LOSSLESS)(
      'a new socket takes over the session that its peer still holds for open: %s, %s',
      async (...policies) => {
        await withProxy(kind, policies, async ({ server, client, proxy, connection }) => {
          const held = server.recorder.messages[0]?.connection
          for (let round = 1; round <= 3; round++) {
            proxy.breakTowardsDialler(proxy.links.at(-1)!)
            connection.sendMessage(ping(round))
            await client.recorder.untilMessages(round + 1)
          }
          expect(server.recorder.tids).toEqual(numbersBelow(4))
          expect(client.recorder.tids).toEqual(numbersBelow(4))
          expect(new Set(server.recorder.messages.map((message) => message.connection))).toEqual(new Set([held]))
          expect(server.messenger.connectionCount).toBe(1)
          for (const { recorder } of [server, client]) {
            expect([recorder.count('reset'), recorder.count('remoteReset')]).toEqual([0, 0])
          }
        })
      },
    )

    test.each(LOSSLESS)(
      'an old socket that comes back late, with all that was held of it, changes nothing: %s, %s',
      async (...policies) => {
        await withProxy(kind, policies, async ({ server, client, proxy, connection }) => {
          const [old] = proxy.links
          const messageLength = MESSAGE_LENGTH[connection.peerAddr.type === 'v1' ? 'v1' : 'v2']
          const late: Buffer[] = []
          old!.dialler.removeAllListeners('data').on('data', (chunk: Buffer) => late.push(chunk))
          for (const tid of [1, 2, 3]) connection.sendMessage(ping(tid))
          await until(() => Buffer.concat(late).length >= 3 * messageLength)
          proxy.breakTowardsDialler(old!)
          connection.sendMessage(ping(4))
          await client.recorder.untilMessages(5)
          old!.acceptor.write(Buffer.concat(late))
          connection.sendMessage(ping(5))
          await client.recorder.untilMessages(6)
          expect(server.recorder.tids).toEqual(numbersBelow(6))
          expect(client.recorder.tids).toEqual(numbersBelow(6))
          expect(server.recorder.count('accept')).toBe(2)
        })
      },
    )

    test('what waits in a network that is held arrives once when it goes on', async () => {
      await withProxy(kind, ['losslessPeer', 'losslessPeer'], async ({ server, client, proxy, connection }) => {
        proxy.hold()
        for (const tid of [1, 2, 3]) connection.sendMessage(ping(tid))
        await until(() => connection.queuedCount === 0)
        expect(server.recorder.tids).toEqual([0])
        proxy.resume()
        await client.recorder.untilMessages(4)
        expect(server.recorder.tids).toEqual(numbersBelow(4))
      })
    })

    test('a lossy connection whose peer sees it break first is over at the other end when it is used', async () => {
      await withProxy(kind, ['lossyClient', 'statelessServer'], async ({ client, proxy, connection }) => {
        proxy.links[0]!.acceptor.destroy()
        await client.recorder.untilEvent('reset')
        expect(connection.sendMessage(ping(1))).toBe('dropped')
        dialAt(client, connection.peerAddr, EntityType.osd).sendMessage(ping(2))
        await client.recorder.untilMessages(2)
        expect(client.recorder.tids).toEqual([0, 2])
      })
    })

    test('a peer that restarts at its address with another nonce is a new peer; the old one is not there', async () => {
      await Stage.run(kind, async (stage) => {
        const old = await stage.addBound(OSD_0, Policies.losslessPeer(), { nonce: 1 })
        const client = await stage.addBound(OSD_1, Policies.losslessPeer())
        answerAll(old)
        const connection = dialAt(client, old.messenger.myAddr, EntityType.osd)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        await old.messenger.shutdown()
        const restarted = stage.add(OSD_0, Policies.losslessPeer(), { nonce: 2 })
        answerAll(restarted)
        await restarted.messenger.bind(old.messenger.myAddr)
        connection.sendMessage(ping(2)) // for an incarnation that is gone
        // In version 1 the dialling end notices, in version 2 the other.
        const log = (): string => [...client.log, ...restarted.log].map(({ text }) => text).join('\n')
        await until(() => /expected .*\/1, got .*\/2|expected .*\/2, got .*\/1/.test(log()))
        expect([connection.isConnected, restarted.recorder.tids]).toEqual([false, []])
        dialAt(client, restarted.messenger.myAddr, EntityType.osd).sendMessage(ping(3))
        await client.recorder.untilMessages(2)
        expect(restarted.recorder.tids).toEqual([3])
        expect(client.recorder.tids).toEqual([1, 3])
        client.messenger.markDown(old.messenger.myAddr)
        await client.recorder.untilEvent('reset')
        expect(client.messenger.connectionCount).toBe(1)
      })
    })
  })
}
