import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import {
  AuthClient,
  AuthService,
  CryptoKey,
  Keyring,
  makeOwnTicket,
  PrincipalName,
  SharedSecrets,
} from '../src/index.ts'
import { connect } from './conversation.ts'

const NOW = 1_700_000_000_000
const OSD = EntityType.osd
const alice = PrincipalName.parse('client.alice')
const bob = PrincipalName.parse('client.bob')
const keyring = new Keyring()
keyring.generate(alice, { osd: 'allow rw' })
keyring.generate(bob, { mon: 'allow r' }, CryptoKey.generate({ type: 2 }))
const service = new AuthService(OSD, { secrets: new SharedSecrets(keyring, OSD), clockSkewMs: 0 })

/** A client that makes its own ticket, in the name and with the key given. */
function clientOf(name: PrincipalName, key: CryptoKey, ticketName = name): AuthClient {
  const client = new AuthClient(name, { key })
  client.become(7n)
  const request = { name: ticketName, key, serviceId: OSD, globalId: 7n, nowMs: NOW, lifetimeSeconds: 60 }
  client.tickets.put(makeOwnTicket(request))
  return client
}

describe('shared secrets', () => {
  test.each([
    [alice, 'allow rw'],
    [bob, ''],
  ])('let %s in without any monitor; what he may do stands in the keyring', (name, caps) => {
    const connection = connect(clientOf(name, keyring.keyOf(name)), service, OSD, { nowMs: NOW })!
    expect(connection.server.peer).toMatchObject({ name, globalId: 7n, caps: { allowAll: false, caps } })
    expect(connection.client.sessionKey!.equals(connection.server.sessionKey!)).toBe(true)
  })

  test('let nobody in with a key of his own, in the name of another, or without a name', () => {
    const circumstances = { nowMs: NOW }
    expect(connect(clientOf(alice, CryptoKey.generate()), service, OSD, circumstances)).toBeUndefined()
    expect(connect(clientOf(bob, keyring.keyOf(bob), alice), service, OSD, circumstances)).toBeUndefined()
    const mallory = PrincipalName.parse('client.mallory')
    expect(connect(clientOf(mallory, keyring.keyOf(alice)), service, OSD, circumstances)).toBeUndefined()
  })

  // The id of the secret is bob's, and so is the seal; only the name inside is alice's.
  test('do not let one pass for another by his own secret', () => {
    const key = keyring.keyOf(bob)
    const client = clientOf(bob, key)
    const honest = client.tickets.get(OSD, NOW)!
    const forged = makeOwnTicket({ name: alice, key, serviceId: OSD, globalId: 7n, nowMs: NOW, lifetimeSeconds: 60 })
    client.tickets.put({ ...forged, blob: { ...forged.blob, secretId: honest.blob.secretId } })
    expect(connect(client, service, OSD, { nowMs: NOW })).toBeUndefined()
  })

  test('open no ticket that has ended, and none of a client that was removed', () => {
    const client = clientOf(alice, keyring.keyOf(alice))
    expect(client.authorizer(OSD, NOW + 60_000)).toBeUndefined()
    const shown = client.authorizer(OSD, NOW)!
    expect(service.accept().receive(2, shown.payload, { nowMs: NOW + 60_000 }).kind).toBe('refused')
    const without = new AuthService(OSD, { secrets: new SharedSecrets(new Keyring(), OSD) })
    expect(without.accept().receive(2, shown.payload, { nowMs: NOW }).kind).toBe('refused')
  })
})
