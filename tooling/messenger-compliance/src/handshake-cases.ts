import { nextTurn, until } from '@msgr-tooling/vitest-preset/until'
import { AuthProtocol, Policies, type Authenticator, type AuthorizerVerdict } from '@msgr/messenger-core'
import { describe, expect, test } from 'vitest'
import type { MessengerKind } from './messenger-kind.ts'
import { answerAll, CLIENT, dial, OSD_0, ping, Stage } from './stage.ts'

const NO_BYTES = new Uint8Array(0)

/** Shows the bytes it is asked for, and judges others' as it is told. */
function authenticator(parts: Partial<Authenticator>): Authenticator {
  return {
    getAuthorizer: () => ({ protocol: AuthProtocol.none, bytes: Uint8Array.of(1) }),
    verifyAuthorizer: () => ({ kind: 'accepted', reply: NO_BYTES }),
    ...parts,
  }
}

/** Who may open a session, and how long that may take. */
export function describeHandshake(kind: MessengerKind): void {
  const staged = (run: (stage: Stage) => Promise<void>) => () => Stage.run(kind, run)

  describe('handshake', () => {
    test(
      'a peer whose authorizer is refused does not get in, until it is accepted',
      staged(async (stage) => {
        let verdict: AuthorizerVerdict = { kind: 'refused' }
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), {
          authenticator: authenticator({ verifyAuthorizer: () => verdict }),
        })
        const client = stage.add(CLIENT, Policies.lossyClient())
        dial(client, server).sendMessage(ping(1))
        await until(() => client.log.some(({ text }) => text.includes('refuses our authorizer')))
        expect(server.log.some(({ level, text }) => level === 0 && text.includes('did not prove who it is'))).toBe(true)
        expect(server.recorder.messages).toHaveLength(0)
        verdict = { kind: 'accepted', reply: NO_BYTES }
        await server.recorder.untilMessages(1)
      }),
    )

    test(
      'answers may come later, after a challenge too, and each end sees what the other showed',
      staged(async (stage) => {
        const seen: string[] = []
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), {
          authenticator: authenticator({
            verifyAuthorizer: async (peerType, { bytes }) => {
              await nextTurn()
              seen.push(`${peerType}:${Buffer.from(bytes).toString()}`)
              if (seen.length === 1) return { kind: 'challenge', bytes: Buffer.from('why?') }
              return { kind: 'accepted', reply: NO_BYTES }
            },
          }),
        })
        const client = stage.add(CLIENT, Policies.lossyClient(), {
          authenticator: authenticator({
            getAuthorizer: async (_peerType, challenge) => {
              await nextTurn()
              const answer = challenge === undefined ? 'me' : `because, to ${Buffer.from(challenge).toString()}`
              return { protocol: AuthProtocol.none, bytes: Buffer.from(answer) }
            },
          }),
        })
        dial(client, server).sendMessage(ping(1))
        await server.recorder.untilMessages(1)
        expect(seen).toEqual(['8:me', '8:because, to why?'])
      }),
    )

    test(
      'an authenticator that throws or rejects refuses, and disturbs nobody else',
      staged(async (stage) => {
        let fail = true
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), {
          authenticator: authenticator({
            verifyAuthorizer: () => {
              if (fail) throw new Error('the key store is gone')
              return { kind: 'accepted', reply: NO_BYTES }
            },
          }),
        })
        const broken = stage.add(CLIENT, Policies.lossyClient(), {
          authenticator: authenticator({ getAuthorizer: () => Promise.reject(new Error('no key')) }),
        })
        const good = stage.add(CLIENT, Policies.lossyClient())
        dial(broken, server).sendMessage(ping(1))
        dial(good, server).sendMessage(ping(2))
        await until(() => broken.log.some(({ text }) => text.includes('no key')))
        await until(() => server.log.some(({ text }) => text.includes('the key store is gone')))
        fail = false
        await server.recorder.untilMessages(1)
        expect(server.recorder.tids).toEqual([2])
      }),
    )

    test(
      'a handshake that takes too long is given up, and tried again',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer(), {
          authenticator: authenticator({ verifyAuthorizer: () => new Promise(() => undefined) }),
        })
        const client = stage.add(CLIENT, Policies.lossyClient(), { connectionReadyTimeoutMs: 30 })
        dial(client, server).sendMessage(ping(1))
        const gaveUp = (): number => client.log.filter(({ text }) => text.includes('not over after 30 ms')).length
        await until(() => gaveUp() >= 2)
        expect(client.recorder.count('connect')).toBe(0)
      }),
    )

    test(
      'an open connection that is silent for too long is closed',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient(), { connectionIdleTimeoutMs: 50 })
        answerAll(server)
        dial(client, server).sendMessage(ping(1))
        await client.recorder.untilMessages(1)
        await client.recorder.untilEvent('reset')
        expect(client.log.some(({ text }) => text.includes('nothing has come from the peer for 50 ms'))).toBe(true)
        await server.recorder.untilEvent('reset')
      }),
    )

    test(
      'a client learns its own IP from the first peer it connects to',
      staged(async (stage) => {
        const server = await stage.addBound(OSD_0, Policies.statelessServer())
        const client = stage.add(CLIENT, Policies.lossyClient())
        expect(client.messenger.myAddr.isBlankIp).toBe(true)
        const { nonce } = client.messenger.myAddr
        dial(client, server).sendMessage(ping(1))
        await server.recorder.untilMessages(1)
        const learned = client.messenger.myAddr
        expect(learned.isSameHost(server.messenger.myAddr)).toBe(true)
        expect({ port: learned.port, nonce: learned.nonce }).toEqual({ port: 0, nonce })
      }),
    )
  })
}
