import {
  AuthClient,
  AuthService,
  CephxAuthenticator,
  CryptoKey,
  Keyring,
  KeyType,
  makeOwnTicket,
  PrincipalName,
  SharedSecrets,
} from '@msgr/auth'
import { EntityType, type EntityAddr, type MessengerSettings } from '@msgr/messenger'

/** Which version of the protocol, and what protects its frames. */
export type WireChoice = 'v1' | 'v2-crc' | 'v2-secure'

/** Known to both ends, which are processes of this program. */
const SECRET = new CryptoKey({ type: KeyType.aes, secret: new Uint8Array(16).fill(7) })
const IDENTITY = PrincipalName.parse('osd.1')

/** The type of the addresses at which that version is spoken. */
export function addrTypeOf(wire: WireChoice): EntityAddr['type'] {
  return wire === 'v1' ? 'v1' : 'v2'
}

/** Frames are encrypted only between ends that have proved themselves to each other. */
export function settingsOf(wire: WireChoice): MessengerSettings {
  if (wire !== 'v2-secure') return { clusterMode: 'crc' }
  const keyring = new Keyring()
  keyring.generate(IDENTITY, {}, SECRET)
  const secrets = new SharedSecrets(keyring, EntityType.osd)
  const client = new AuthClient(IDENTITY, { key: SECRET })
  const ticket = { name: IDENTITY, key: SECRET, serviceId: EntityType.osd, globalId: 0n }
  client.tickets.put(makeOwnTicket({ ...ticket, nowMs: Date.now(), lifetimeSeconds: 24 * 3600 }))
  const authenticator = new CephxAuthenticator({ client, service: new AuthService(EntityType.osd, { secrets }) })
  return { clusterMode: 'secure', authenticator }
}
