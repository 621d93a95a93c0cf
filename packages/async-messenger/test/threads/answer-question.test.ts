import { until } from '@msgr-tooling/vitest-preset/until'
import { EntityType } from '@msgr/message'
import { AuthProtocol, type Authenticator } from '@msgr/messenger-core'
import { expect, test } from 'vitest'
import { Party, ping, withParties } from './parties.ts'

test('an authorizer that cannot cross to a worker fails that attempt with a word, and the next may go well', async () => {
  let isImpossible = true
  const authenticator: Authenticator = {
    getAuthorizer: () => {
      const authorizer = { protocol: AuthProtocol.none, bytes: Uint8Array.of(1) }
      return isImpossible ? Object.assign(authorizer, { sign: () => undefined }) : authorizer
    },
    verifyAuthorizer: () => ({ kind: 'accepted', reply: new Uint8Array(0) }),
  }
  const settings = { authenticator, initialBackoffMs: 1 }
  const parties = [
    new Party(0, 'statelessServer', { authenticator }),
    new Party(1, 'lossyClient', { ...settings, opThreads: 1 }),
  ] as const
  await withParties(parties, async (server, client) => {
    const addr = await server.bind('v1')
    client.messenger.getConnection({ type: EntityType.osd, addr }).sendMessage(ping(1))
    await until(() => client.log.some((text) => text.includes('could not be cloned')))
    isImpossible = false
    await until(() => server.messages.length === 1)
    expect(server.tids).toEqual([1])
  })
})
