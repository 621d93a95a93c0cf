import { AuthClient, AuthMethod, CephxAuthenticator, PrincipalName } from '@msgr/auth'
import { EntityAddrVec, EntityName, EntityType, type EntityAddr } from '@msgr/message'
import { SimpleMessenger } from '@msgr/messenger'
import { afterEach } from 'vitest'
import { MonClient, monMessages, type MonClientParts, type MonTarget } from '../src/index.ts'
import { SmallCluster, type SmallMonitor, type Wire } from './small-monitor.ts'

export const NAME: PrincipalName = PrincipalName.parse('client.alice')
/** What is to be stopped after a test, the last first. */
export const cleanUps: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** A cluster that everybody may use. */
export async function startOpen(
  count = 1,
  wire: Wire = 'v1',
): Promise<{ cluster: SmallCluster; monitors: readonly SmallMonitor[] }> {
  const cluster = new SmallCluster(wire, { methods: [AuthMethod.none] })
  cleanUps.push(() => cluster.stop())
  return { cluster, monitors: await cluster.start(count) }
}

function target(addr: EntityAddr): MonTarget {
  return { name: addr.toString(), addrs: new EntityAddrVec([addr]), priority: 0, weight: 0 }
}

export function makeClient(
  monitors: readonly { readonly addr: EntityAddr }[],
  parts: Omit<Partial<MonClientParts>, 'monitors'> = {},
): MonClient {
  const auth = parts.auth ?? new AuthClient(NAME)
  const { timers } = parts
  const now = (): number => timers?.wallNow() ?? Date.now()
  const messenger = new SimpleMessenger(new EntityName(EntityType.client, -1), {
    messages: monMessages,
    authenticator: new CephxAuthenticator({
      client: auth,
      now,
      renew: () => client.renewTickets(),
      onLoginRefused: (refusal) => {
        client.loginRefused(refusal)
      },
    }),
  })
  const targets = monitors.map(({ addr }) => target(addr))
  const client: MonClient = new MonClient({ messenger, auth, monitors: targets, ownsMessenger: true, ...parts })
  cleanUps.push(() => client.close())
  return client
}

export async function connected(
  monitors: readonly { readonly addr: EntityAddr }[],
  parts: Omit<Partial<MonClientParts>, 'monitors'> = {},
): Promise<MonClient> {
  const client = makeClient(monitors, parts)
  await client.connect()
  return client
}

/** The monitor that a client is at. */
export function monitorOf(client: MonClient, monitors: readonly SmallMonitor[]): SmallMonitor {
  const found = monitors.find(({ addr }) => client.monitorAddr?.equals(addr) === true)
  if (found === undefined) throw new Error(`no monitor at ${String(client.monitorAddr?.toString())}`)
  return found
}
