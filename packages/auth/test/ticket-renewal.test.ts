import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import {
  AuthClient,
  AuthService,
  Keyring,
  KeyServer,
  type MonAcceptance,
  PrincipalName,
  SealError,
} from '../src/index.ts'
import { connect, logIn, refusalOf } from './conversation.ts'

const NOW = 1_700_000_000_000
const HOUR_MS = 3_600_000
const OSD = EntityType.osd
const alice = PrincipalName.parse('client.alice')
const bob = PrincipalName.parse('client.bob')

function scene(wantedServices?: number): { client: AuthClient; server: KeyServer; session: MonAcceptance } {
  const keyring = new Keyring()
  const { key } = keyring.generate(alice, { osd: 'allow r' })
  const server = new KeyServer(keyring)
  const client = new AuthClient(alice, { key, ...(wantedServices !== undefined && { wantedServices }) })
  return { client, server, session: logIn(client, server, NOW).session }
}

/** Renews what is due, if anything. */
function renew(client: AuthClient, session: MonAcceptance, nowMs: number): boolean {
  const renewal = client.renewal(nowMs)
  if (renewal === undefined) return false
  const { result, payload } = session.message(renewal.payload, nowMs)
  expect(result).toBe(0)
  renewal.receive(payload, nowMs)
  return true
}

describe('tickets', () => {
  test('are renewed after three quarters of their hour, and go on opening services', () => {
    const { client, server, session } = scene()
    const service = new AuthService(OSD, { secrets: server.rotatingKeys(OSD), clockSkewMs: 0 })
    expect(client.nextRenewalMs).toBe(NOW + 0.75 * HOUR_MS)
    expect(renew(client, session, NOW + 0.75 * HOUR_MS - 1)).toBe(false)
    for (let nowMs = NOW; nowMs < NOW + 60 * HOUR_MS; nowMs += 0.3 * HOUR_MS) {
      renew(client, session, nowMs)
      expect(connect(client, service, OSD, { nowMs })?.server.peer.globalId).toBe(4100n)
    }
  })

  test('for the monitors are renewed in the session that came about, whoever else was asked meanwhile', () => {
    const keyring = new Keyring()
    const { key } = keyring.generate(alice, { osd: 'allow r' })
    const server = new KeyServer(keyring)
    const client = new AuthClient(alice, { key })
    const attempts = [client.login(NOW), client.login(NOW)].map((login) => {
      const session = server.accept()
      const { method, payload } = login.request()
      const answer = session.request(method, payload)
      if (answer.kind !== 'more') throw new Error('expected a challenge')
      return { login, session, proof: login.replyMore(answer.payload) }
    })
    const ends = attempts.map(({ login, session, proof }) => {
      const answer = session.requestMore(proof, { nowMs: NOW })
      if (answer.kind !== 'accepted') throw new Error('expected to be let in')
      return () => login.done({ globalId: session.globalId, payload: answer.payload }, NOW)
    })
    ends[0]?.()
    expect(ends[1]).toThrow(/expected to be the first of several/)
    expect(client.globalId).toBe(4100n)
    const { session } = attempts[0]!
    const nowMs = NOW + 54 * HOUR_MS
    expect(renew(client, session, nowMs)).toBe(true)
    expect(client.tickets.get(OSD, nowMs)).toBeDefined()
  })

  test('for the monitors are renewed in the same session, and bring the others along', () => {
    const { client, session } = scene()
    const old = client.tickets.get(EntityType.auth, NOW)!
    const nowMs = NOW + 54 * HOUR_MS
    expect(client.tickets.get(OSD, nowMs)).toBeUndefined()
    expect(renew(client, session, nowMs)).toBe(true)
    expect(client.tickets.get(EntityType.auth, nowMs)!.sessionKey.equals(old.sessionKey)).toBe(false)
    expect(client.tickets.get(OSD, nowMs)).toBeDefined()
    expect(client.globalId).toBe(4100n)
    expect(renew(client, session, nowMs)).toBe(false)
  })

  test('are not renewed when that for the monitors has ended: another login is needed', () => {
    const { client } = scene()
    expect(client.renewal(NOW + 72 * HOUR_MS)).toBeUndefined()
    expect(new AuthClient(alice).renewal(NOW)).toBeUndefined()
  })

  test('for managers alone are asked for only if there ever was one', () => {
    const { client, session } = scene(EntityType.mgr)
    expect(renew(client, session, NOW + 0.8 * HOUR_MS)).toBe(true)
    const keyring = new Keyring()
    const { key } = keyring.generate(alice)
    const never = new AuthClient(alice, { key, wantedServices: EntityType.mgr })
    logIn(never, new KeyServer(keyring, { services: OSD }), NOW)
    expect(never.renewal(NOW)).toBeUndefined()
  })

  test('are refused to whom shows those of another, changed ones, or ones that have ended', () => {
    const { client, server, session } = scene()
    const late = NOW + 0.8 * HOUR_MS
    const { payload } = client.renewal(late)!
    const keyring = new Keyring()
    const { key } = keyring.generate(bob)
    const elsewhere = logIn(new AuthClient(bob, { key }), new KeyServer(keyring), NOW).session
    expect(elsewhere.message(payload, late).result).toBe(-13)
    expect(server.accept().message(payload, late).result).toBe(-13)
    for (const at of [3, 14, 60, payload.length - 1]) {
      const changed = Uint8Array.from(payload)
      changed[at]! ^= 0x40
      const changedLast = at === payload.length - 1
      // The last byte is one of the services that are asked for: there is none of that number.
      expect(session.message(changed, late).result).toBe(changedLast ? 0 : -13)
    }
    expect(session.message(payload, NOW + 73 * HOUR_MS).result).toBe(-13)
    expect(session.message(payload.subarray(0, 20), late).result).toBe(-13)
    expect(session.message(Uint8Array.of(7, 7), late).result).toBe(-22)
    expect(session.message(new Uint8Array(0), late).result).toBe(-22)
  })

  test('stay as they are when a reply cannot be opened', () => {
    const { client, session } = scene()
    const late = NOW + 0.8 * HOUR_MS
    const renewal = client.renewal(late)!
    const { payload } = session.message(renewal.payload, late)
    const changed = Uint8Array.from(payload)
    changed[24]! ^= 1
    expect(() => renewal.receive(changed, late)).toThrow(SealError)
    expect(client.tickets.get(OSD, late)?.validUntilMs).toBe(NOW + HOUR_MS)
    expect(refusalOf(() => renewal.receive(Uint8Array.of(0, 2, 0xf3, 0xff, 0xff, 0xff), late)).result).toBe(-13)
  })
})
