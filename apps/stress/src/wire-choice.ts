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
import { EntityAddr, EntityType, type EntityName, type MessengerSettings } from '@msgr/messenger'

/** Which version of the protocol, and what protects its frames. */
export const WIRE_CHOICES = ['v1', 'v2-crc', 'v2-secure'] as const
export type WireChoice = (typeof WIRE_CHOICES)[number]

/** All of a run know it; they are processes of this program. */
const SECRET = new CryptoKey({ type: KeyType.aes, secret: new Uint8Array(16).fill(7) })
const A_DAY_IN_SECONDS = 24 * 3600

/** Any port of this host. */
export function loopbackFor(wire: WireChoice): EntityAddr {
  return EntityAddr.fromIp(wire === 'v1' ? 'v1' : 'v2', '127.0.0.1', 0)
}

/**
 * What a messenger of this name needs, in a run of so many servers and clients. Frames are encrypted only between ends
 * that have proved who they are.
 */
export function wireSettings(
  wire: WireChoice,
  name: EntityName,
  counts: { readonly serverCount: number; readonly clientCount: number },
): MessengerSettings {
  const mode = wire === 'v2-secure' ? 'secure' : 'crc'
  const modes: MessengerSettings = { clusterMode: mode, serviceMode: mode, clientMode: mode }
  return mode === 'crc' ? modes : { ...modes, authenticator: makeAuthenticator(name, keyringOf(counts)) }
}

/** Any OSD or client may be dialled, and dials. */
function makeAuthenticator(name: EntityName, keyring: Keyring): CephxAuthenticator {
  const principal = PrincipalName.parse(name.toString())
  const client = new AuthClient(principal, { key: SECRET })
  for (const serviceId of [EntityType.osd, EntityType.client]) {
    const ticket = { name: principal, key: SECRET, serviceId, globalId: 0n, nowMs: Date.now() }
    client.tickets.put(makeOwnTicket({ ...ticket, lifetimeSeconds: A_DAY_IN_SECONDS }))
  }
  const secrets = new SharedSecrets(keyring, name.type)
  return new CephxAuthenticator({ client, service: new AuthService(name.type, { secrets }) })
}

function keyringOf(counts: { readonly serverCount: number; readonly clientCount: number }): Keyring {
  const keyring = new Keyring()
  const add = (name: string): void => {
    keyring.generate(PrincipalName.parse(name), {}, SECRET)
  }
  for (let id = 0; id < counts.serverCount; id++) add(`osd.${id}`)
  for (let id = 0; id < counts.clientCount; id++) add(`client.${id}`)
  return keyring
}
