import { EntityType } from '@msgr/message'
import { expect, test } from 'vitest'
import { AuthClient, AuthService, Keyring, KeyServer, KeyType, PrincipalName } from '../src/index.ts'
import { connect, logIn } from './conversation.ts'

const NOW = 1_700_000_000_000
const name = PrincipalName.parse('client.admin')

/** Bytes of an AUTH_DONE besides what it carries: global id, mode, length. */
const AUTH_DONE_FIELDS = 16

// Observed of daemons of Ceph 16.2.15, with a client.admin that has these caps, and tickets for five services.
test.each([
  [0, 947, 52],
  [64, 1011, 116],
])(
  'with a secret of %d bytes all answers are as long as those of daemons',
  (connectionSecretLength, login, service) => {
    const keyring = new Keyring()
    const { key } = keyring.generate(name, { mds: 'allow *', mon: 'allow *' })
    const server = new KeyServer(keyring, { rotatingKeyType: KeyType.aes })
    const client = new AuthClient(name, { key })
    const loggedIn = logIn(client, server, NOW, connectionSecretLength)
    expect(AUTH_DONE_FIELDS + loggedIn.server.payload.length).toBe(login)

    const osd = new AuthService(EntityType.osd, { secrets: server.rotatingKeys(EntityType.osd) })
    const connection = connect(client, osd, EntityType.osd, { nowMs: NOW, connectionSecretLength })!
    expect(AUTH_DONE_FIELDS + connection.server.payload.length).toBe(service)
  },
)
