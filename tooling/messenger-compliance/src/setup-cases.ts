import { EntityAddr, EntityType } from '@msgr/message'
import { Policies } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { CLIENT, dialAt, OSD_0, ping, Stage } from './stage.ts'

/** What a messenger says to settings and addresses that make no sense. */
export function describeSetup(kind: MessengerKind): void {
  describe('setup', () => {
    test.each([
      [{ maxBackofMs: 5 }, 'there is no option "maxBackofMs"'],
      [{ maxBackoffMs: -1 }, 'option maxBackoffMs: expected a number of at least 1, got -1'],
      [{ tcpNodelay: 'yes' }, 'option tcpNodelay: expected true or false, got "yes"'],
      [{ bindPortMin: 0 }, 'option bindPortMin: expected an integer from 1 to 65535, got 0'],
      [{ nonce: 2 ** 32 }, 'nonce: expected a u32, got 4294967296'],
    ])('%j is refused with a word', (settings, text) => {
      // The compiler would refuse some of these too.
      const create = (): unknown => kind.create(CLIENT, settings as never)
      expect(create).toThrow(text)
      expect(create).toThrow(expect.objectContaining({ code: 'ERR_MSGR_OPTION' }))
    })

    test.each([
      ['v2:0.0.0.0:6800/1', 'an IP and a port'],
      ['v1:0.0.0.0:6800/1', 'an IP and a port'],
      ['v1:127.0.0.1:0/1', 'an IP and a port'],
      ['-', 'of type v1 or v2'],
    ])('%s is no address to connect to', (addr, text) =>
      Stage.run(kind, (stage) => {
        const client = stage.add(CLIENT, Policies.lossyClient())
        const connect = (): unknown => dialAt(client, EntityAddr.parse(addr), EntityType.osd)
        expect(connect).toThrow(text)
        expect(connect).toThrow(expect.objectContaining({ code: 'ERR_MSGR_BAD_ADDRESS' }))
        return Promise.resolve()
      }),
    )

    test('a port that is taken is an error which names it, after as many tries as the options say', () =>
      Stage.run(kind, async (stage) => {
        const first = await stage.addBound(OSD_0, Policies.statelessServer())
        const second = stage.add(OSD_0, Policies.statelessServer(), { bindRetryCount: 2, bindRetryDelayMs: 1 })
        const { port } = first.messenger.myAddr
        const taken = second.messenger.bind(first.messenger.myAddr)
        await expect(taken).rejects.toMatchObject({ code: 'ERR_MSGR_BIND' })
        await expect(taken).rejects.toThrow(String(port))
        await first.messenger.shutdown()
        expect((await second.messenger.bind(first.messenger.myAddr)).port).toBe(port)
      }))

    test('a messenger without a port takes the first free one of its range', () =>
      Stage.run(kind, async (stage) => {
        const first = await stage.addBound(OSD_0, Policies.statelessServer())
        const { port } = first.messenger.myAddr
        const range = { bindPortMin: port, bindPortMax: port + 50 }
        const second = await stage.addBound(OSD_0, Policies.statelessServer(), range)
        expect(second.messenger.myAddr.port).toBeGreaterThan(port)
        expect(second.messenger.myAddr.port).toBeLessThanOrEqual(port + 50)
      }))

    test('binding twice is refused, and so is moving before binding', () =>
      Stage.run(kind, async (stage) => {
        const player = await stage.addBound(OSD_0, Policies.statelessServer())
        await expect(player.messenger.bind(kind.bindAddr)).rejects.toMatchObject({ code: 'ERR_MSGR_ALREADY_BOUND' })
        const unbound = stage.add(OSD_0, Policies.statelessServer())
        await expect(unbound.messenger.rebind()).rejects.toMatchObject({ code: 'ERR_MSGR_NOT_BOUND' })
      }))

    test('a peer that comes before there is a dispatcher is served when there is', () =>
      Stage.run(kind, async (stage) => {
        const server = kind.create(OSD_0)
        server.setDefaultPolicy(Policies.statelessServer())
        const addr = await server.bind(kind.bindAddr)
        const client = stage.add(CLIENT, Policies.lossyClient())
        dialAt(client, addr, EntityType.osd).sendMessage(ping(1))
        const got = new Promise((resolve) => {
          server.addDispatcherHead({
            msDispatch: (message) => {
              resolve(message.tid)
              return true
            },
          })
        })
        expect(await got).toBe(1n)
        await server.shutdown()
      }))
  })
}
