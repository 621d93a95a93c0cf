import { EntityName, EntityType } from '@msgr/message'
import { NO_AUTHORIZER } from '@msgr/msgr-protocol'
import { expect, test } from 'vitest'
import { NoneAuthenticator } from '../src/none-authenticator.ts'

const OSD_9 = new NoneAuthenticator(EntityName.osd(9))
const ACCEPTED = { kind: 'accepted', reply: new Uint8Array(0) }
const V2 = { wire: 'v2' } as const
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

// The form that a ceph-osd of 16.2.15 accepted: version 1, type, id as a string, global id.
test('an osd shows its type and id', () => {
  const { protocol, bytes } = OSD_9.getAuthorizer(EntityType.osd)
  expect(protocol).toBe(1)
  expect(hex(bytes)).toBe('01040000000100000039' + '0000000000000000')
})

test('a client without a number is client.admin', () => {
  const { bytes } = new NoneAuthenticator(EntityName.client()).getAuthorizer(EntityType.osd)
  expect(hex(bytes)).toBe('010800000005000000' + '61646d696e' + '0000000000000000')
})

test('a monitor is shown nothing, except by another monitor', () => {
  expect(OSD_9.getAuthorizer(EntityType.mon)).toBe(NO_AUTHORIZER)
  expect(new NoneAuthenticator(EntityName.mon(1)).getAuthorizer(EntityType.mon).protocol).toBe(1)
})

test('a monitor that is spoken to in version 2 is shown a login', () => {
  const { protocol, bytes } = OSD_9.getAuthorizer(EntityType.mon, undefined, V2)
  expect([protocol, hex(bytes)]).toEqual([1, '0a040000000100000039' + '0000000000000000'])
})

test('everyone who says who he is is believed, and given a number of his own', () => {
  const judge = new NoneAuthenticator(EntityName.osd(9))
  const shown = new NoneAuthenticator(EntityName.client(3)).getAuthorizer(EntityType.osd)
  expect(judge.verifyAuthorizer(EntityType.client, shown)).toEqual({ ...ACCEPTED, globalId: 1n })
  expect(judge.verifyAuthorizer(EntityType.client, shown)).toEqual({ ...ACCEPTED, globalId: 2n })
  const claim = Uint8Array.from(shown.bytes)
  claim[claim.length - 8] = 77
  expect(judge.verifyAuthorizer(EntityType.client, { ...shown, bytes: claim })).toEqual({ ...ACCEPTED, globalId: 77n })
})

test('who shows nothing is let in unless something is required', () => {
  expect(OSD_9.verifyAuthorizer(EntityType.client, NO_AUTHORIZER)).toEqual(ACCEPTED)
  const strict = new NoneAuthenticator(EntityName.osd(9), { requireAuthorizer: true })
  expect(strict.verifyAuthorizer(EntityType.client, NO_AUTHORIZER)).toEqual({ kind: 'refused' })
  expect(OSD_9.verifyAuthorizer(EntityType.client, NO_AUTHORIZER, V2)).toMatchObject({ kind: 'refused', result: -95 })
})

test('another method is refused, and told which one would do', () => {
  const verdict = OSD_9.verifyAuthorizer(EntityType.osd, { protocol: 2, bytes: Uint8Array.of(1) })
  expect(verdict).toEqual({ kind: 'refused', result: -95, methods: [1] })
})

test.each([
  ['another version', 1, '02040000000100000039' + '0000000000000000'],
  ['bytes that end too early', 1, '0104000000010000'],
  ['an id longer than all that follows', 1, '0104000000ffffffff39' + '0000000000000000'],
])('%s is refused', (_what, protocol, bytes) => {
  const verdict = OSD_9.verifyAuthorizer(EntityType.osd, { protocol, bytes: Buffer.from(bytes, 'hex') })
  expect(verdict).toEqual({ kind: 'refused' })
})
