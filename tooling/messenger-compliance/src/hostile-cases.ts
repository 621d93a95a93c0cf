import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityType, type EntityAddr } from '@msgr/message'
import { Policies } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { HostilePeer } from './hostile-peer.ts'
import { HOSTILE_PEER_V1 } from './hostile-peer-v1.ts'
import { HOSTILE_PEER_V2 } from './hostile-peer-v2.ts'
import type { MessengerKind } from './messenger-kind.ts'
import { answerAll, CLIENT, dial, dialAt, OSD_0, ping, Stage, type Player } from './stage.ts'

/** Peers that are broken, or are no peers at all: each costs its own connection, and one line in the log. */
export function describeHostility(kind: MessengerKind): void {
  const peer: HostilePeer = kind.bindAddr.type === 'v1' ? HOSTILE_PEER_V1 : HOSTILE_PEER_V2

  describe('bad peers', () => {
    test.each(peer.badDiallers)('$what closes that socket, is logged once, and disturbs nobody', ({ bytes, logged }) =>
      Stage.run(kind, async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        answerAll(server)
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)

        const socket = connectTo(server.messenger.myAddr)
        socket.end(bytes(server.messenger.myAddr))
        await once(socket, 'close')
        await until(() => server.log.some(({ text }) => logged.test(text)))
        expect(server.log.filter(({ text }) => logged.test(text))).toHaveLength(1)

        connection.sendMessage(ping(2))
        await client.recorder.untilMessages(2)
        expect(client.recorder.count('reset')).toBe(0)
        await until(() => server.messenger.connectionCount === 1)
      }),
    )

    test('random bytes at any point of a handshake or after it do no harm', () =>
      Stage.run(kind, async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        answerAll(server)
        const good = Buffer.concat(peer.goodFrames(server.messenger.myAddr))
        let state = 12345
        const random = (below: number): number => {
          state = (Math.imul(state, 1103515245) + 12345) >>> 0
          return (state >>> 8) % below
        }
        for (let round = 0; round < 150; round++) {
          const noise = Buffer.from(Array.from({ length: 1 + random(200) }, () => random(256)))
          const socket = connectTo(server.messenger.myAddr)
          socket.end(Buffer.concat([good.subarray(0, random(good.length + 1)), noise]))
          await once(socket, 'close')
        }
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        await until(() => server.messenger.connectionCount === 1)
      }))

    test('a handshake that ends anywhere does no harm, and one that does not is a session', () =>
      Stage.run(kind, async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const frames = peer.goodFrames(server.messenger.myAddr)
        const good = Buffer.concat(frames)
        let at = 0
        for (const { length } of frames) {
          for (const cut of [at, at + 1, at + (length >> 1), at + length - 1]) {
            const socket = connectTo(server.messenger.myAddr)
            socket.end(good.subarray(0, cut))
            await once(socket, 'close')
          }
          at += length
        }
        await until(() => server.messenger.connectionCount === 0)
        expect(server.recorder.messages).toHaveLength(0)
        // It stays open until then: what waits to be dispatched is dropped when a lossy connection ends.
        const socket = connectTo(server.messenger.myAddr)
        socket.write(good)
        await server.recorder.untilMessages(1)
        socket.destroy()
      }))

    const halfDone = (server: Player, doneCount: number): Socket => {
      const socket = connectTo(server.messenger.myAddr)
      socket.write(Buffer.concat(peer.goodFrames(server.messenger.myAddr).slice(0, doneCount)))
      return socket
    }
    const silences = [
      ['says nothing', 0],
      ['goes but half the way', peer.halfDoneCount],
    ] as const

    test.each(silences)('a socket that %s is closed when its time is up', (_, doneCount) =>
      Stage.run(kind, async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), { connectionReadyTimeoutMs: 50 })
        await once(halfDone(server, doneCount), 'close')
        await until(() => server.log.some(({ text }) => text.includes('not over after 50 ms')))
      }),
    )

    test.each(silences)(
      'beyond the cap, of sockets that each %s the oldest gives way, and a peer gets in',
      (_, count) =>
        Stage.run(kind, async (stage) => {
          const server = await stage.addBound(OSD_0, Policies.statelessServer(), { maxAcceptingConnections: 3 })
          const sockets = Array.from({ length: 5 }, () => halfDone(server, count))
          await Promise.all(sockets.slice(0, 2).map((socket) => once(socket, 'close')))
          await until(() => server.messenger.connectionCount === 3)
          const client = stage.add(CLIENT, Policies.lossyClient())
          dial(client, server).sendMessage(ping(1))
          await server.recorder.untilMessages(1)
          expect(server.log.filter(({ text }) => text.includes('it has taken longest'))).toHaveLength(3)
          await until(() => server.messenger.connectionCount === 3)
          for (const socket of sockets) socket.destroy()
          await until(() => server.messenger.connectionCount === 1)
        }),
    )

    test.each(peer.impostors)('%s where a peer should listen is logged, and tried again later', (_what, bytes) =>
      Stage.run(kind, async (stage) => {
        const sockets = new Set<Socket>()
        const impostor = createServer((socket) => {
          sockets.add(socket)
          socket.on('error', () => undefined)
          socket.write(bytes)
        }).listen(0, kind.bindAddr.host)
        await once(impostor, 'listening')
        const { port } = impostor.address() as AddressInfo
        const client = stage.add(CLIENT, Policies.lossyClient())
        const connection = dialAt(client, kind.bindAddr.with({ port }), EntityType.osd)
        connection.sendMessage(ping(1))
        await until(() => client.log.filter(({ text }) => /expected|refuse/.test(text)).length >= 2)
        expect(connection.isConnected).toBe(false)
        expect(connection.queuedCount).toBe(1)
        for (const socket of sockets) socket.destroy()
        impostor.close()
      }),
    )
  })
}

function connectTo(addr: EntityAddr): Socket {
  const socket = connect(addr.port, addr.host)
  socket.on('error', () => undefined)
  socket.resume()
  return socket
}
