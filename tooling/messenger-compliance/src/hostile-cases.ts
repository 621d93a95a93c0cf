import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { EntityAddr, EntityType, LEGACY_ADDR_SIZE, writeLegacyAddr } from '@msgr/message'
import { Policies } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { answerAll, CLIENT, dial, dialAt, eventually, OSD_0, ping, Stage } from './stage.ts'

const BANNER = Buffer.from('ceph v027')

/** The first 145 bytes of a dialling end: banner and address. */
function greeting(nonce: number): Buffer {
  const addr = Buffer.alloc(LEGACY_ADDR_SIZE)
  writeLegacyAddr(EntityAddr.fromIp('v1', '127.0.0.1', 0, nonce), addr, 0)
  return Buffer.concat([BANNER, addr])
}

/** A request of a client for a new session: 33 bytes and an authorizer of as many bytes as it says. */
function connectRequest(
  fields: { authorizerLength?: number; protocolVersion?: number; globalSeq?: number } = {},
): Buffer {
  const request = Buffer.alloc(33)
  request.writeBigUInt64LE(0x3f01cfbdfffdffffn, 0)
  request.writeUInt32LE(EntityType.client, 8)
  request.writeUInt32LE(fields.globalSeq ?? 1, 12)
  request.writeUInt32LE(fields.protocolVersion ?? 24, 20)
  request.writeUInt32LE(fields.authorizerLength ?? 0, 28)
  return request
}

/** A frame of tag 7 whose header says what its body is; its crc is right only if it is given. */
function messageHeader(fields: { front?: number; crc?: number }): Buffer {
  const frame = Buffer.alloc(54)
  frame[0] = 7
  frame.writeUInt16LE(2, 17)
  frame.writeUInt32LE(fields.front ?? 0, 23)
  frame.writeUInt32LE(fields.crc ?? 0, 50)
  return frame
}

/** In seq 0, which a dialling end tells after the reply. */
const IN_SEQ = Buffer.alloc(8)

const OPENING = [greeting(5), connectRequest(), IN_SEQ]

const BAD_DIALLERS: readonly (readonly [what: string, bytes: Buffer, logged: RegExp])[] = [
  ['a request of HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), /banner: expected "ceph v027"/],
  ['the banner of version 2', Buffer.from('ceph v2\n\x10\0\0\0\0\0\0\0'), /banner: expected "ceph v027"/],
  ['a hello of TLS', Buffer.from('160301020001000001fc0303', 'hex'), /banner: expected "ceph v027"/],
  [
    'an authorizer of 4 GiB',
    Buffer.concat([greeting(1), connectRequest({ authorizerLength: 0xffffffff })]),
    /length of the authorizer/,
  ],
  ['a frame of no known tag', Buffer.concat([...OPENING, Buffer.of(99)]), /tag of a frame/],
  ['a header with a wrong crc', Buffer.concat([...OPENING, messageHeader({ crc: 1 })]), /crc of a message header/],
  ['an end in the middle of the banner', Buffer.from('ceph'), /the peer has closed the socket|socket is closed/],
  [
    'an end in the middle of a header',
    Buffer.concat([...OPENING, messageHeader({}).subarray(0, 30)]),
    /the peer has closed/,
  ],
]

/** Peers that are broken, or are no peers at all: each costs its own connection, and one line in the log. */
export function describeHostility(kind: MessengerKind): void {
  describe('bad peers', () => {
    test.each(BAD_DIALLERS)('%s closes that socket, is logged once, and disturbs nobody', (_what, bytes, logged) =>
      Stage.run(kind, async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        answerAll(server)
        const connection = dial(client, server)
        connection.sendMessage(ping(1))
        await client.recorder.untilMessages(1)

        const socket = connectTo(server.messenger.myAddr)
        socket.end(bytes)
        await once(socket, 'close')
        await eventually(() => server.log.some(({ text }) => logged.test(text)))
        expect(server.log.filter(({ text }) => logged.test(text))).toHaveLength(1)

        connection.sendMessage(ping(2))
        await client.recorder.untilMessages(2)
        expect(client.recorder.count('reset')).toBe(0)
        await eventually(() => server.messenger.connectionCount === 1)
      }),
    )

    test('random bytes at any point of a handshake or after it do no harm', () =>
      Stage.run(kind, async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        answerAll(server)
        const good = Buffer.concat([...OPENING, messageHeader({})])
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
        await eventually(() => server.messenger.connectionCount === 1)
      }))

    test('a socket that says nothing is closed when its time is up', () =>
      Stage.run(kind, async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), { connectionReadyTimeoutMs: 50 })
        const socket = connectTo(server.messenger.myAddr)
        await once(socket, 'close')
        expect(server.log.some(({ text }) => text.includes('not over after 50 ms'))).toBe(true)
      }))

    test('beyond the cap, the oldest socket whose handshake is not over gives way, and a peer gets in', () =>
      Stage.run(kind, async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), { maxAcceptingConnections: 3 })
        const sockets = Array.from({ length: 5 }, () => connectTo(server.messenger.myAddr))
        await Promise.all(sockets.slice(0, 2).map((socket) => once(socket, 'close')))
        await eventually(() => server.messenger.connectionCount === 3)
        const client = stage.add(CLIENT, Policies.lossyClient())
        dial(client, server).sendMessage(ping(1))
        await server.recorder.untilMessages(1)
        expect(server.log.filter(({ text }) => text.includes('it has taken longest'))).toHaveLength(3)
        await eventually(() => server.messenger.connectionCount === 3)
        for (const socket of sockets) socket.destroy()
        await eventually(() => server.messenger.connectionCount === 1)
      }))

    test.each([
      ['another protocol', Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n')],
      ['random bytes', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) & 0xff))],
      ['a good greeting and then nonsense', Buffer.concat([greeting(0).subarray(0, 9), Buffer.alloc(400, 0xa5)])],
    ])('%s where a peer should listen is logged, and tried again later', (_what, bytes) =>
      Stage.run(kind, async (stage) => {
        const sockets = new Set<Socket>()
        const impostor = createServer((socket) => {
          sockets.add(socket)
          socket.on('error', () => undefined)
          socket.write(bytes)
        }).listen(0, '127.0.0.1')
        await once(impostor, 'listening')
        const { port } = impostor.address() as AddressInfo
        const client = stage.add(CLIENT, Policies.lossyClient())
        const connection = dialAt(client, EntityAddr.fromIp('v1', '127.0.0.1', port), EntityType.osd)
        connection.sendMessage(ping(1))
        await eventually(() => client.log.filter(({ text }) => /expected|refuse/.test(text)).length >= 2)
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
