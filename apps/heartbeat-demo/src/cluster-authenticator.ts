import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AuthClient,
  AuthService,
  CephxAuthenticator,
  Keyring,
  KeyringError,
  makeOwnTicket,
  PrincipalName,
  saveKeyring,
  SharedSecrets,
} from '@msgr/auth'
import { EntityType, type EntityName } from '@msgr/messenger'

const A_YEAR_IN_SECONDS = 365 * 24 * 3600
/** Whom an OSD dials. */
const SERVICES = [EntityType.osd, EntityType.mon]

/**
 * Proves who one is by one's secret in a keyring, and lets in who does so and is an OSD. Everybody knows everybody's
 * secret, so there is nobody to ask for tickets. Throws `KeyringError` if the keyring cannot be read, or does not know
 * the name.
 */
export function clusterAuthenticator(name: EntityName, path: string): CephxAuthenticator {
  const keyring = readKeyring(path)
  const principal = principalOf(name)
  const entry = keyring.find(principal)
  if (entry === undefined) {
    throw new KeyringError({ path }, `expected a key for ${principal.toString()}, got none`)
  }
  const { key } = entry
  const client = new AuthClient(principal, { key })
  const nowMs = Date.now()
  for (const serviceId of SERVICES) {
    const ticket = { name: principal, key, serviceId, globalId: 0n, nowMs }
    client.tickets.put(makeOwnTicket({ ...ticket, lifetimeSeconds: A_YEAR_IN_SECONDS }))
  }
  const service = new AuthService(name.type, {
    secrets: new SharedSecrets(keyring, name.type),
    authorize: (peer) => peer.name.type === EntityType.osd,
  })
  return new CephxAuthenticator({ client, service, monitorsAreServices: true })
}

/** A keyring for a monitor and so many OSDs, in a folder that nobody else can read. */
export async function makeThrowAwayKeyring(osdCount: number): Promise<{ path: string; remove: () => void }> {
  const keyring = new Keyring()
  keyring.generate(PrincipalName.parse('mon.0'))
  for (let id = 0; id < osdCount; id++) keyring.generate(PrincipalName.parse(`osd.${id}`))
  const folder = mkdtempSync(join(tmpdir(), 'heartbeat-'))
  chmodSync(folder, 0o700)
  const path = join(folder, 'keyring')
  await saveKeyring(path, keyring)
  return {
    path,
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function readKeyring(path: string): Keyring {
  try {
    return Keyring.parse(readFileSync(path), { path })
  } catch (error) {
    if (error instanceof KeyringError) throw error
    throw new KeyringError({ path }, error instanceof Error ? error.message : String(error))
  }
}

function principalOf(name: EntityName): PrincipalName {
  return PrincipalName.parse(name.toString())
}
