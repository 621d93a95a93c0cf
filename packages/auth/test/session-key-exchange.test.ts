import { EntityType } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuthClient, CryptoKey, Keyring, KeyServer, KeyType, PrincipalName } from '../src/index.ts'
import { seededRandom } from './seeded-random.ts'

const NOW = 1_700_000_000_000
const alice = PrincipalName.parse('client.alice')
const random = seededRandom('exchange')
const codes = ['ERR_MSGR_SEAL', 'ERR_MSGR_AUTH_PROTOCOL', 'ERR_MSGR_AUTH_REFUSED']

/** A login up to the last payload of the monitor, which is changed before the client gets it. */
function finishWith(type: number, change: (payload: Uint8Array) => Uint8Array): { client: AuthClient; error: unknown } {
  const keyring = new Keyring()
  const { key } = keyring.generate(alice, { osd: 'allow r' }, CryptoKey.generate({ type, random }))
  const client = new AuthClient(alice, { key, random })
  const login = client.login(NOW)
  const session = new KeyServer(keyring, { random }).accept()
  const challenge = session.request(login.request().method, login.request().payload)
  if (challenge.kind !== 'more') throw new Error('expected a challenge')
  const answer = session.requestMore(login.replyMore(challenge.payload), { nowMs: NOW, connectionSecretLength: 64 })
  if (answer.kind !== 'accepted') throw new Error('expected to be let in')
  try {
    login.done({ globalId: 1n, payload: change(answer.payload) }, NOW)
    return { client, error: undefined }
  } catch (error) {
    return { client, error }
  }
}

const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean())

describe('the end of a login', () => {
  test.each([KeyType.aes, KeyType.aes256Krb5])(
    'with keys of type %d gives errors of ours, and no ticket then',
    (type) => {
      fc.assert(
        fc.property(change, ([at, by, isCut]) => {
          const { client, error } = finishWith(type, (payload) => {
            const bytes = Uint8Array.from(payload)
            bytes[at % bytes.length]! ^= by
            return isCut ? payload.subarray(0, at % payload.length) : bytes
          })
          // A change in what is opaque to the client shows only when a service gets it.
          if (error === undefined) {
            expect(client.tickets.has(EntityType.auth)).toBe(true)
            return
          }
          expect(codes).toContain((error as { code: string }).code)
          expect(client.tickets.has(EntityType.auth)).toBe(false)
          expect(client.tickets.has(EntityType.osd)).toBe(false)
          expect(client.globalId).toBe(0n)
        }),
      )
    },
  )

  test('without a ticket for the monitors is none', () => {
    const { error } = finishWith(KeyType.aes, () => Uint8Array.of(0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0))
    expect(error).toMatchObject({ message: 'tickets: expected one for the monitors, got none' })
  })
})
