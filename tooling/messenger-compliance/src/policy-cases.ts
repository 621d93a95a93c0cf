import { until } from '@msgr-tooling/vitest-preset/until'
import { Feature } from '@msgr/message'
import { Policies } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { answerAll, CLIENT, dial, OSD_0, OSD_1, ping, Stage } from './stage.ts'

/** What the policies promise. Ceph: src/test/msgr/test_msgr.cc, FeatureTest to ClientStandbyTest */
export function describePolicies(kind: MessengerKind): void {
  const staged = (run: (stage: Stage) => Promise<void>) => () => Stage.run(kind, run)

  describe('policies', () => {
    test(
      'a peer that lacks a required feature is refused, and told which',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer(Feature.osdEnc))
        const supported = Policies.lossyClient().featuresSupported & ~Feature.osdEnc
        const client = stage.add(CLIENT, { ...Policies.lossyClient(), featuresSupported: supported })
        dial(client, server).sendMessage(ping(1))
        await until(() => client.log.some(({ text }) => text.includes('requires features 0x2000')))
        expect(client.recorder.count('connect')).toBe(0)
        expect(server.recorder.count('accept')).toBe(0)
      }),
    )

    test(
      'both ends know the features they share',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer(Feature.osdEnc))
        const shared = Feature.osdEnc | Feature.reconnectSeq | Feature.msgrKeepalive2
        const client = stage.add(CLIENT, { ...Policies.lossyClient(), featuresSupported: shared })
        answerAll(server)
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        expect(connection.features).toBe(shared)
        expect(server.recorder.messages[0]?.connection?.features).toBe(shared)
        expect(connection.hasFeature(Feature.msgAuth)).toBe(false)
      }),
    )

    test(
      'the accepting end decides that a connection is lossy',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        dial(client, server).sendMessage(ping(1))
        await server.recorder.untilMessages(1)
        server.messenger.markDownAll()
        await client.recorder.untilEvent('reset')
        expect(client.recorder.count('connect')).toBe(1)
      }),
    )

    test(
      'lossy client, stateless server: a connection that breaks is over at both ends, and a new one works',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        answerAll(server)
        const first = dial(client, server)
        first.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        server.messenger.markDownAll()
        await client.recorder.untilEvent('reset')
        expect(first.isConnected).toBe(false)
        expect(first.sendMessage(ping(2))).toBe('dropped')

        const second = dial(client, server)
        expect(second).not.toBe(first)
        second.sendMessage(ping(3))
        await client.recorder.untilMessages(2)
        expect(client.recorder.tids).toEqual([1, 3])
      }),
    )

    test(
      'lossless client, stateful server: a server that has forgotten the session is noticed, and served again',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessClient())
        answerAll(server)
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        server.recorder.messages[0]?.connection?.markDown()
        await client.recorder.untilEvent('remoteReset')
        await client.recorder.untilEvent('connect', 2)
        connection.sendMessage(ping(2))
        await client.recorder.untilMessages(2)
        expect(client.recorder.tids).toEqual([1, 2])
        expect(client.recorder.count('reset')).toBe(0)
      }),
    )

    test(
      'lossless client, stateful server: a client that has forgotten the session is noticed',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = await stage.addBound(CLIENT, Policies.losslessClient())
        answerAll(server)
        const first = dial(client, server)
        first.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        const held = server.recorder.messages[0]?.connection
        first.markDown()
        const second = dial(client, server)
        second.sendMessage(ping(2))
        await client.recorder.untilMessages(2)
        expect(server.recorder.count('remoteReset')).toBe(1)
        expect(server.recorder.messages[1]?.connection).toBe(held)
      }),
    )

    test(
      'a standby client does not dial until it has something to send',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer())
        const client = stage.add(CLIENT, Policies.losslessPeer())
        answerAll(server)
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        await until(() => connection.unackedCount === 0)
        server.recorder.messages[0]?.connection?.markDown()
        await until(() => client.log.some(({ text }) => text.endsWith('; waiting')))
        expect(connection.isConnected).toBe(false)
        expect(client.recorder.count('connect')).toBe(1)

        // The server has forgotten the session, so this message goes with it, and the client is told.
        connection.sendMessage(ping(2))
        await client.recorder.untilEvent('remoteReset')
        await client.recorder.untilEvent('connect', 2)
        connection.sendMessage(ping(3))
        await client.recorder.untilMessages(2)
        expect(client.recorder.tids).toEqual([1, 3])
      }),
    )

    test(
      'both ends dial at once: one connection comes of it, and every message arrives once',
      staged(async (stage) => {
        for (let round = 0; round < 10; round++) {
          const one = await stage.addBound(OSD_0, Policies.losslessPeerReuse(), { nonce: 1000 + round })
          const two = await stage.addBound(OSD_1, Policies.losslessPeerReuse(), { nonce: 2000 - round })
          dial(one, two).sendMessage(ping(1))
          dial(two, one).sendMessage(ping(2))
          await Promise.all([one.recorder.untilMessages(1), two.recorder.untilMessages(1)])
          dial(one, two).sendMessage(ping(3))
          dial(two, one).sendMessage(ping(4))
          await Promise.all([one.recorder.untilMessages(2), two.recorder.untilMessages(2)])
          expect(one.recorder.tids).toEqual([2, 4])
          expect(two.recorder.tids).toEqual([1, 3])
          expect(one.recorder.messages.map(({ connection }) => connection)).toEqual([dial(one, two), dial(one, two)])
          // The socket that was dialled in vain may be the last to go.
          await until(() => one.messenger.connectionCount === 1 && two.messenger.connectionCount === 1)
        }
      }),
    )

    test(
      'nobody listens: the dispatchers are told, and what is queued arrives once somebody does',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statefulServer(), { nonce: 77 })
        const addr = server.messenger.myAddr
        await server.messenger.shutdown()
        const client = stage.add(CLIENT, Policies.losslessClient())
        client.messenger.getConnection({ type: OSD_0.type, addr }).sendMessage(ping(1))
        await client.recorder.untilEvent('refused')
        const again = stage.add(OSD_0, Policies.statefulServer(), { nonce: 77 })
        await again.messenger.bind(addr)
        await again.recorder.untilMessages(1)
      }),
    )
  })
}
