import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import {
  AuthClient,
  AuthService,
  CryptoKey,
  Keyring,
  KeyServer,
  PrincipalName,
  RotatingKeys,
  SealError,
} from '../src/index.ts'
import { connect, logIn } from './conversation.ts'

const NOW = 1_700_000_000_000
const OSD = EntityType.osd
const alice = PrincipalName.parse('client.alice')

describe('rotating secrets', () => {
  const osd = PrincipalName.parse('osd.3')
  const keyring = new Keyring()
  keyring.generate(alice)
  keyring.generate(osd)

  test('are given to daemons, which can then read the tickets of clients', () => {
    const server = new KeyServer(keyring)
    const daemon = new AuthClient(osd, { key: keyring.keyOf(osd) })
    const { session } = logIn(daemon, server, NOW)
    const fetch = daemon.rotatingSecrets()
    const { payload } = session.message(fetch.payload, NOW)
    const secrets = new RotatingKeys()
    secrets.update(fetch.receive(payload))

    const client = new AuthClient(alice, { key: keyring.keyOf(alice) })
    logIn(client, server, NOW)
    const service = new AuthService(OSD, { secrets })
    expect(connect(client, service, OSD, { nowMs: NOW })?.server.peer.name.equals(alice)).toBe(true)
    const stranger = new AuthClient(osd, { key: CryptoKey.generate() })
    expect(() => stranger.rotatingSecrets().receive(payload)).toThrow(SealError)
  })

  test('are not given to clients', () => {
    const client = new AuthClient(alice, { key: keyring.keyOf(alice) })
    const { session } = logIn(client, new KeyServer(keyring), NOW)
    expect(session.message(client.rotatingSecrets().payload, NOW).result).toBe(-13)
  })
})
