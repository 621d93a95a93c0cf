import { AuthClient, CephxAuthenticator, PrincipalName, type KeySource } from '@msgr/auth'
import { EntityName, EntityType } from '@msgr/message'
import { createMessenger, optionsFromCephConf, type CreateMessengerSettings, type Logger } from '@msgr/messenger'
import { nodeTimers, type Timers } from '@msgr/messenger-core'
import { CephConf } from './ceph-conf.ts'
import { findMonitors } from './find-monitors.ts'
import { loadCredentials } from './load-credentials.ts'
import { monClientOptionsFromCephConf, type MonClientOptions } from './mon-client-options.ts'
import { MonClient } from './mon-client.ts'
import { monMessages } from './mon-messages.ts'
import { systemResolver, type MonResolver } from './mon-resolver.ts'
import { type Random } from './mon-hunt.ts'
import { type WaitOptions } from './request-table.ts'

/** How long to look for a monitor, if nothing else is said. */
const CONNECT_TIMEOUT_MS = 30_000

/** Who connects, where to, and how. What is not given comes from the conf file, as for Ceph's own programs. */
export interface ConnectMonClientSettings extends Partial<MonClientOptions>, WaitOptions {
  /** Default `'client.admin'`. */
  readonly name?: string
  /** Name of the cluster, which names its files. Default `'ceph'`. */
  readonly cluster?: string
  /** The conf file, or its path. Default: the file that Ceph's programs would read, if there is one. */
  readonly conf?: CephConf | string
  /** Where the monitors are, in the words of the option `mon_host`. */
  readonly monHost?: string
  /** Where the key comes from. */
  readonly key?: KeySource
  /** Ways to prove who one is, of `AuthMethod`, the most wanted first. */
  readonly authMethods?: readonly number[]
  /** Kinds of services to get tickets for, as bits of `EntityType`. Default: mon, mds, osd and mgr. */
  readonly wantedServices?: number
  /** The messenger to make. Default: `{ type: 'simple' }`, which runs wherever Node does. */
  readonly messenger?: CreateMessengerSettings
  readonly logger?: Logger
  readonly timers?: Timers
  readonly random?: Random
  readonly resolver?: MonResolver
}

/**
 * Makes a client of a cluster's monitors, with a messenger of its own, and connects it. Gives up after `timeoutMs`
 * (default: 30 seconds) with a `DOMException` named `'TimeoutError'`. Throws `CephConfError`, `KeyringError`,
 * `KeyError`, `MonClientError`, `MessengerError`, and `AuthRefusedError` if the monitors will not have us.
 */
export async function connectMonClient(settings: ConnectMonClientSettings = {}): Promise<MonClient> {
  const client = await makeMonClient(settings)
  try {
    const { signal, timeoutMs = CONNECT_TIMEOUT_MS } = settings
    await client.connect({ timeoutMs, ...(signal !== undefined && { signal }) })
    return client
  } catch (error) {
    await client.close()
    throw error
  }
}

async function makeMonClient(settings: ConnectMonClientSettings): Promise<MonClient> {
  const { cluster = 'ceph', timers = nodeTimers, logger, resolver = systemResolver } = settings
  const conf = await loadConf(settings.conf, cluster)
  const owner = { name: PrincipalName.parse(settings.name ?? 'client.admin'), cluster }
  const { key, methods } = await loadCredentials({ conf, owner, source: settings.key, methods: settings.authMethods })
  const monitors = await findMonitors({ monHost: settings.monHost, conf, owner, resolver })
  const auth = new AuthClient(owner.name, {
    methods,
    ...(key !== undefined && { key }),
    ...(settings.wantedServices !== undefined && { wantedServices: settings.wantedServices }),
  })
  const options = conf.optionsOf(owner)
  const parts = { ...(logger !== undefined && { logger }), timers }
  const authenticator = new CephxAuthenticator({
    client: auth,
    now: () => timers.wallNow(),
    renew: () => client.renewTickets(),
    onLoginRefused: (refusal) => {
      client.loginRefused(refusal)
    },
  })
  const messenger = createMessenger(entityNameOf(owner.name), {
    ...{ type: 'simple', ...parts, authenticator },
    ...optionsFromCephConf(options),
    ...settings.messenger,
    messages: [...monMessages, ...(settings.messenger?.messages ?? [])],
  })
  const client: MonClient = new MonClient({
    ...monClientOptionsFromCephConf(options),
    ...settings,
    ...parts,
    ...{ messenger, auth, monitors, ownsMessenger: true },
  })
  return client
}

async function loadConf(given: CephConf | string | undefined, cluster: string): Promise<CephConf> {
  if (given === undefined) return CephConf.find(cluster)
  return typeof given === 'string' ? CephConf.load(given) : given
}

/** Under what name messages go out. Who has no number gets one from the monitors, of which messages say nothing. */
function entityNameOf({ type, id }: PrincipalName): EntityName {
  const num = type === EntityType.client || !/^\d{1,15}$/.test(id) ? -1 : Number(id)
  return new EntityName(type, num)
}
