import { AuthClient, AuthMethod, AuthService, PrincipalName, type KeyServerOptions } from '@msgr/auth'
import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { type MonClient, type MonClientOptions } from '../src/index.ts'
import { cleanUps, connected, makeClient, monitorOf, NAME } from './client-scene.ts'
import { SmallCluster, type SmallMonitor, type Wire } from './small-monitor.ts'
import { VirtualTimers } from './virtual-timers.ts'

const SHORT = { authTicketSeconds: 400, serviceTicketSeconds: 40 }

interface Scene {
  readonly cluster: SmallCluster
  readonly monitors: readonly SmallMonitor[]
  readonly timers: VirtualTimers
  readonly auth: AuthClient
}

/** A cluster that uses cephx, and knows alice. */
async function start(
  wire: Wire,
  count = 1,
  options: KeyServerOptions = {},
  name: PrincipalName = NAME,
): Promise<Scene> {
  const timers = new VirtualTimers()
  const cluster = new SmallCluster(wire, options, () => timers.wallNow())
  cleanUps.push(() => cluster.stop())
  const monitors = await cluster.start(count)
  const { key } = cluster.keyring.generate(name, { osd: 'allow r' })
  return { cluster, monitors, timers, auth: new AuthClient(name, { key }) }
}

function connectedTo({ monitors, timers, auth }: Scene, options: Partial<MonClientOptions> = {}): Promise<MonClient> {
  return connected(monitors, { timers, auth, ...options })
}

/** What a client has proved to an OSD of the cluster. */
function proves({ cluster, timers, auth }: Scene): boolean {
  const service = new AuthService(EntityType.osd, { secrets: cluster.keyServer.rotatingKeys(EntityType.osd) })
  const nowMs = timers.wallNow()
  const authorizer = auth.authorizer(EntityType.osd, nowMs)
  if (authorizer === undefined) return false
  const acceptance = service.accept()
  const first = acceptance.receive(authorizer.method, authorizer.payload, { nowMs })
  if (first.kind !== 'more') return false
  return acceptance.receive(authorizer.method, authorizer.challenged(first.payload), { nowMs }).kind === 'accepted'
}

/** Lets time pass so slowly that keepalives are answered in between. */
async function pass(client: MonClient, { timers }: Scene, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    timers.advance(Math.min(left, 10_000))
    await client.command({ prefix: 'still there' })
  }
}

describe.each(['v1', 'v2'] as const)('over %s', (wire) => {
  describe('a login by cephx', () => {
    test('brings tickets for services', async () => {
      const scene = await start(wire)
      const client = await connectedTo(scene)
      expect(client.auth.globalId).toBe(4100n)
      expect(proves(scene)).toBe(true)
      expect((await client.command({ prefix: 'x' })).status).toBe('did x')
    })

    test('at another monitor keeps the global id', async () => {
      const scene = await start(wire, 2)
      const client = await connectedTo(scene)
      const id = client.auth.globalId
      await monitorOf(client, scene.monitors).stop()
      await client.command({ prefix: 'x' })
      expect(client.auth.globalId).toBe(id)
      expect(proves(scene)).toBe(true)
    })

    test('at several monitors at the same time leaves one session, whose tickets can be renewed', async () => {
      const scene = await start(wire, 3, SHORT)
      const client = await connectedTo(scene)
      await expect.poll(() => scene.monitors.reduce((sum, { clients }) => sum + clients.size, 0)).toBe(1)
      const monitor = monitorOf(client, scene.monitors)
      for (let i = 0; i < 11; i++) {
        const before = monitor.renewalCount
        await pass(client, scene, 30_000)
        await expect.poll(() => monitor.renewalCount).toBe(before + 1)
        await client.command({ prefix: 'x' })
      }
      expect(monitorOf(client, scene.monitors)).toBe(monitor)
    })
  })

  describe('tickets', () => {
    test('are renewed before they end, those for the monitors too, in the same session', async () => {
      const scene = await start(wire, 1, SHORT)
      const client = await connectedTo(scene)
      const [monitor] = scene.monitors
      const session = [...monitor!.clients][0]
      const auth = scene.auth.tickets.get(EntityType.auth, scene.timers.wallNow())
      await pass(client, scene, 20_000)
      expect(monitor!.renewalCount).toBe(0)
      await pass(client, scene, 10_000)
      await expect.poll(() => monitor!.renewalCount).toBe(1)
      await pass(client, scene, 360_000)
      expect(proves(scene)).toBe(true)
      expect(scene.auth.tickets.get(EntityType.auth, scene.timers.wallNow())?.sessionKey.equals(auth!.sessionKey)).toBe(
        false,
      )
      expect([...monitor!.clients]).toEqual([session])
      expect(scene.auth.globalId).toBe(4100n)
    })

    test('that have ended meanwhile are got by another login', async () => {
      const scene = await start(wire, 2, { authTicketSeconds: 100, serviceTicketSeconds: 40 })
      // So long a time without a sign of life that only the tickets can be what ends the session.
      const client = await connectedTo(scene, { pingIntervalMs: 1_000_000, pingTimeoutMs: 1_000_000 })
      const first = monitorOf(client, scene.monitors)
      scene.timers.advance(200_000)
      await expect
        .poll(() => client.monitorAddr !== undefined && monitorOf(client, scene.monitors) !== first)
        .toBe(true)
      expect(proves(scene)).toBe(true)
    })

    test('whose renewal is refused are got by another login', async () => {
      const scene = await start(wire, 2, SHORT)
      const client = await connectedTo(scene)
      const first = monitorOf(client, scene.monitors)
      first.refusesRenewals = true
      await pass(client, scene, 30_000)
      await expect
        .poll(() => client.monitorAddr !== undefined && monitorOf(client, scene.monitors) !== first)
        .toBe(true)
      expect(proves(scene)).toBe(true)
    })

    test('that a service has refused are got anew, also when there is no session yet', async () => {
      const scene = await start(wire)
      const client = await connectedTo(scene)
      await client.renewTickets()
      expect(scene.monitors[0]!.renewalCount).toBe(0)
      scene.auth.tickets.delete(EntityType.osd)
      expect(proves(scene)).toBe(false)
      await client.renewTickets()
      expect([proves(scene), scene.monitors[0]!.renewalCount]).toEqual([true, 1])
      const later = makeClient(scene.monitors, { timers: scene.timers, auth: new AuthClient(NAME) })
      const renewing = later.renewTickets()
      await later.close()
      await expect(renewing).rejects.toMatchObject({ code: 'ERR_MSGR_MON_CLOSED' })
    })

    test('that the monitors do not give are said to be refused', async () => {
      const scene = await start(wire)
      const client = await connectedTo(scene)
      scene.monitors[0]!.refusesRenewals = true
      scene.auth.tickets.delete(EntityType.osd)
      await expect(client.renewTickets()).rejects.toMatchObject({ code: 'ERR_MSGR_AUTH_REFUSED', result: -13 })
    })

    test('are not asked for with method none', async () => {
      const scene = await start(wire, 1, { methods: [AuthMethod.none] })
      const client = await connected(scene.monitors, { timers: scene.timers, auth: new AuthClient(NAME) })
      await pass(client, scene, 30_000)
      expect(scene.monitors[0]!.renewalCount).toBe(0)
    })
  })

  describe('rotating secrets', () => {
    const osd = PrincipalName.parse('osd.3')

    test('are given to an OSD, and open what its clients show', async () => {
      const scene = await start(wire, 1, {}, osd)
      const client = await connectedTo(scene)
      const { secrets } = await client.rotatingSecrets()
      const ticket = scene.auth.tickets.get(EntityType.osd, scene.timers.wallNow())
      expect(secrets.has(ticket!.blob.secretId)).toBe(true)
    })

    test('are refused to a client', async () => {
      const scene = await start(wire)
      const client = await connectedTo(scene)
      await expect(client.rotatingSecrets()).rejects.toMatchObject({ code: 'ERR_MSGR_AUTH_REFUSED', result: -13 })
    })

    test('are asked for again in the next session', async () => {
      const scene = await start(wire, 2, {}, osd)
      const client = await connectedTo(scene)
      const first = monitorOf(client, scene.monitors)
      first.isDeafToRenewals = true
      const secrets = [client.rotatingSecrets(), client.rotatingSecrets()]
      await expect.poll(() => first.renewalCount).toBe(1)
      await first.stop()
      expect((await Promise.all(secrets)).map(({ secrets: held }) => held.size > 0)).toEqual([true, true])
    })

    test('need a key', async () => {
      const scene = await start(wire, 1, { methods: [AuthMethod.none] })
      const client = makeClient(scene.monitors)
      expect(() => client.rotatingSecrets()).toThrow(expect.objectContaining({ code: 'ERR_MSGR_KEY' }))
    })
  })
})
