import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { AuthClient, AuthMethod, CryptoKey, Keyring, KeyServer, PrincipalName } from '../src/index.ts'
import { logIn } from './conversation.ts'

const NOW = 1_700_000_000_000
const alice = PrincipalName.parse('client.alice')
const keyring = new Keyring()
const { key } = keyring.generate(alice, { mon: 'allow r' })

describe('AuthClient', () => {
  test('has no cephx without a key', () => {
    expect(() => new AuthClient(alice, { methods: [AuthMethod.cephx] })).toThrow(
      'client.alice: expected a key for cephx, got none',
    )
    expect(() => new AuthClient(alice).rotatingSecrets()).toThrow('client.alice: expected a key for cephx, got none')
  })

  test('does not fall back to method none when it has no ticket', () => {
    const client = new AuthClient(alice, { key: CryptoKey.generate(), methods: [AuthMethod.cephx, AuthMethod.none] })
    expect(client.authorizer(EntityType.osd, NOW)).toBeUndefined()
  })

  test('gets tickets for the services that it wants, and no others', () => {
    const client = new AuthClient(alice, { key, wantedServices: EntityType.osd })
    logIn(client, new KeyServer(keyring), NOW)
    expect([1, 2, 4, 16, 32].filter((service) => client.tickets.has(service))).toEqual([4, 32])
  })
})
