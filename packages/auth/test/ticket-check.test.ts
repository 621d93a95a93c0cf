import { EntityType } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CryptoKey, KeyType, KeyUsage, PrincipalName, seal, serviceTicketInfoCodec } from '../src/index.ts'
import { checkTicket } from '../src/ticket-check.ts'

const NOW = 1_700_000_000_000
const name = PrincipalName.parse('client.alice')
const good = {
  name,
  globalId: 7n,
  created: { seconds: NOW / 1000, nanoseconds: 0 },
  expires: { seconds: NOW / 1000 + 60, nanoseconds: 0 },
  caps: { allowAll: false, caps: 'allow r' },
}

/** Shows a ticket with these times, sealed with a key of this kind and then changed. */
function check(
  ticket: Partial<typeof good>,
  how: { type?: number; change?: (sealed: Uint8Array) => void; globalId?: bigint } = {},
): ReturnType<typeof checkTicket> {
  const { type = KeyType.aes, change, globalId = 7n } = how
  const key = CryptoKey.generate({ type })
  const info = { ticket: { ...good, ...ticket }, sessionKey: CryptoKey.generate() }
  const sealed = seal({ key, usage: KeyUsage.ticketInfo }, serviceTicketInfoCodec, info)
  change?.(sealed)
  const shown = { serviceId: EntityType.osd, globalId, ticket: { secretId: 3n, sealed } }
  const secrets = { find: (id: bigint) => (id === 3n ? { key } : undefined) }
  return checkTicket(shown, { serviceId: EntityType.osd, secrets, nowMs: NOW, clockSkewMs: 0 })
}

describe('checkTicket', () => {
  test('gives what the ticket says', () => {
    expect(check({})).toMatchObject({ ticket: { name, globalId: 7n }, caps: { caps: 'allow r' } })
  })

  test('refuses a ticket with another global id, or with times that are none', () => {
    expect(check({}, { globalId: 8n })).toBeUndefined()
    expect(check({ created: { seconds: 1, nanoseconds: 1_000_000_000 } })).toBeUndefined()
    expect(check({ expires: { seconds: NOW / 1000 + 60, nanoseconds: 2_000_000_000 } })).toBeUndefined()
    expect(check({ created: { seconds: NOW / 1000 + 61, nanoseconds: 0 } })).toBeUndefined()
    expect(check({ expires: { seconds: NOW / 1000, nanoseconds: 0 } })).toBeUndefined()
  })

  test('under AES256KRB5 refuses a ticket with any byte changed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const change = (sealed: Uint8Array): void => {
          sealed[at % sealed.length]! ^= by
        }
        expect(check({}, { type: KeyType.aes256Krb5, change })).toBeUndefined()
      }),
    )
  })
})
