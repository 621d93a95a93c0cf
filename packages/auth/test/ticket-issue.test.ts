import { utimeToMs } from '@msgr/bufferlist'
import { EntityType } from '@msgr/message'
import { expect, test } from 'vitest'
import {
  AuthClient,
  CryptoKey,
  Keyring,
  KeyServer,
  KeyUsage,
  PrincipalName,
  serviceTicketInfoCodec,
  unseal,
} from '../src/index.ts'
import { logIn } from './conversation.ts'

const NOW = 1_700_000_000_000
const alice = PrincipalName.parse('client.alice')

test.each([1, 2])(
  'tickets say who, until when and what; their session keys are of the kind of the owner, %d',
  (type) => {
    const keyring = new Keyring()
    const { key } = keyring.generate(alice, { mon: 'allow r', osd: 'allow rw' }, CryptoKey.generate({ type }))
    const server = new KeyServer(keyring, { authTicketSeconds: 1000, serviceTicketSeconds: 60 })
    const client = new AuthClient(alice, { key })
    logIn(client, server, NOW)
    for (const [service, seconds, caps] of [
      [EntityType.auth, 1000, ''],
      [EntityType.mon, 60, 'allow r'],
      [EntityType.osd, 60, 'allow rw'],
      [EntityType.mds, 60, ''],
    ] as const) {
      const { blob, sessionKey, validUntilMs } = client.tickets.get(service, NOW)!
      const secret = server.rotatingKeys(service).find(blob.secretId)!
      expect(secret.key.type).toBe(2)
      const info = unseal({ key: secret.key, usage: KeyUsage.ticketInfo }, serviceTicketInfoCodec, blob.sealed)
      expect(info.sessionKey.equals(sessionKey)).toBe(true)
      expect(sessionKey.type).toBe(type)
      expect(info.ticket).toMatchObject({ globalId: client.globalId, caps: { allowAll: false, caps } })
      expect(info.ticket.name.equals(alice)).toBe(true)
      expect(utimeToMs(info.ticket.created)).toBe(NOW)
      expect(utimeToMs(info.ticket.expires)).toBe(NOW + seconds * 1000)
      expect(validUntilMs).toBe(NOW + seconds * 1000)
    }
  },
)
