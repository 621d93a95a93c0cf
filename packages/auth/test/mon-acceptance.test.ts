import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuthClient, AuthMethod, Keyring, KeyServer, PrincipalName } from '../src/index.ts'
import { logIn } from './conversation.ts'

const NOW = 1_700_000_000_000
const alice = PrincipalName.parse('client.alice')
const keyring = new Keyring()
const { key } = keyring.generate(alice)
const server = new KeyServer(keyring)
const circumstances = { nowMs: NOW, connectionSecretLength: 64 }

/** What somebody may send who knows what should be sent: the same with a byte changed or cut, or anything. */
function mangled(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const changed = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
    const bytes = Uint8Array.from(good)
    bytes[at % good.length]! ^= by
    return bytes
  })
  const cut = fc.nat().map((length) => good.subarray(0, length % good.length))
  return fc.oneof(changed, cut, fc.uint8Array({ maxLength: 80 }))
}

describe('MonAcceptance', () => {
  test('is not thrown by any bytes, and lets nobody in by them', () => {
    const login = new AuthClient(alice, { key }).login(NOW)
    const { payload } = login.request()
    const answers = login.replyMore(Uint8Array.of(1, 5, 0, 0, 0, 0, 0, 0, 0))
    fc.assert(
      fc.property(mangled(payload), mangled(login.offer()), mangled(answers), (start, offer, more) => {
        const session = server.accept()
        expect(['more', 'refused']).toContain(session.request(AuthMethod.cephx, start).kind)
        expect(session.requestMore(more, circumstances).kind).toBe('refused')
        expect(['more', 'refused']).toContain(server.accept().offer(offer).answer.kind)
      }),
    )
  })

  test('is not thrown by any bytes in an open session', () => {
    const client = new AuthClient(alice, { key })
    const { session } = logIn(client, server, NOW)
    const renewal = client.renewal(NOW + 3_000_000)!
    fc.assert(
      fc.property(mangled(renewal.payload), (payload) => {
        expect([0, -13, -22]).toContain(session.message(payload, NOW + 3_000_000).result)
      }),
    )
  })

  test('takes one login for each connection', () => {
    const client = new AuthClient(alice, { key })
    const { session } = logIn(client, server, NOW)
    const { method, payload } = client.login(NOW).request()
    expect(session.request(method, payload)).toEqual({ kind: 'refused', result: -13 })
    expect(session.globalId).toBe(client.globalId)
  })
})
