import { readFile } from 'node:fs/promises'
import { AuthClient, AuthMethod, CephxAuthenticator, Keyring, PrincipalName } from '@msgr/auth'
import { EntityAddrVec } from '@msgr/message'
import { createMessenger, EntityName, EntityType } from '@msgr/messenger'
import { MonClient, monMessages, targetsOfAddrs } from '@msgr/mon-client'
import type { CephCluster, ClusterAuth } from './ceph-cluster.ts'
import { identifyOsd, type OsdIdentity } from './osd-identity.ts'

/** Somebody whom a cluster knows, with tickets for its daemons for as long as the session with the monitor lasts. */
export interface ClusterMember {
  readonly identity: OsdIdentity
  readonly mon: MonClient
}

const TIMEOUT_MS = 10_000

/** Logs in under a name that is in the cluster's keyring. An OSD learns the secrets of OSDs, too. */
export async function joinCluster(cluster: CephCluster, auth: ClusterAuth, text: string): Promise<ClusterMember> {
  const name = PrincipalName.parse(text)
  const renew = (): Promise<void> => mon.renewTickets({ timeoutMs: TIMEOUT_MS })
  const identity = await identify(cluster, auth, name, renew)
  const { authenticator } = identity
  const isOsd = name.type === EntityType.osd
  const messenger = createMessenger(isOsd ? EntityName.osd(Number(name.id)) : EntityName.client(), {
    type: 'simple',
    messages: monMessages,
    ...(authenticator !== undefined && { authenticator }),
  })
  const more = { name: 'a', priority: 0, weight: 0 }
  const monitors = targetsOfAddrs(EntityAddrVec.parse(cluster.monAddrs), more)
  const mon = new MonClient({ messenger, auth: identity.auth, monitors, ownsMessenger: true })
  await mon.connect({ timeoutMs: TIMEOUT_MS })
  identity.secrets?.update(await mon.rotatingSecrets({ timeoutMs: TIMEOUT_MS }))
  return { identity, mon }
}

/** An identity that has no tickets yet; `renew` gets some when they are needed. */
export async function identify(
  cluster: CephCluster,
  auth: ClusterAuth,
  name: PrincipalName,
  renew?: () => Promise<void>,
): Promise<OsdIdentity> {
  const key = auth === 'none' ? undefined : Keyring.parse(await readFile(cluster.keyring)).keyOf(name)
  if (name.type === EntityType.osd) return identifyOsd(name, key, () => undefined, renew)
  if (key === undefined) {
    return { auth: new AuthClient(name, { methods: [AuthMethod.none] }), secrets: undefined, authenticator: undefined }
  }
  const client = new AuthClient(name, { key })
  const options = { client, ...(renew !== undefined && { renew }) }
  return { auth: client, secrets: undefined, authenticator: new CephxAuthenticator(options) }
}
