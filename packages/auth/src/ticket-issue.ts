import { addUTime, utimeFromMs, utimeFromSeconds } from '@msgr/bufferlist'
import { EntityType, entityTypeName } from '@msgr/message'
import { CryptoKey } from './crypto-key.ts'
import { type KeyServerRules } from './key-server.ts'
import { KeyUsage } from './key-usage.ts'
import { type PrincipalName } from './principal-name.ts'
import { seal } from './seal.ts'
import { type GrantedTicket } from './ticket-grant.ts'
import { type CapsInfo, serviceTicketInfoCodec } from './ticket-structs.ts'

/** Whom a ticket is for, and what. */
export interface TicketOrder {
  readonly name: PrincipalName
  readonly globalId: bigint
  readonly serviceId: number
  readonly nowMs: number
}

/** What the keyring lets somebody do with a kind of service. For `auth` itself there are no caps. */
export function capsOf({ keyring }: KeyServerRules, name: PrincipalName, serviceId: number): CapsInfo {
  return { allowAll: false, caps: keyring.find(name)?.caps.get(entityTypeName(serviceId)) ?? '' }
}

/** Makes a ticket, with a session key of the same kind as the owner's own. */
export function issueTicket(rules: KeyServerRules, order: TicketOrder): GrantedTicket {
  const { name, globalId, serviceId, nowMs } = order
  const { random, keyring, authTicketSeconds, serviceTicketSeconds } = rules
  const secret = rules.rotatingKeys(serviceId, nowMs).current
  if (secret === undefined) throw new Error('a rotation has left no secret')
  const created = utimeFromMs(nowMs)
  const validity = utimeFromSeconds(serviceId === EntityType.auth ? authTicketSeconds : serviceTicketSeconds)
  const type = keyring.find(name)?.key.type
  const sessionKey = CryptoKey.generate({ created, random, ...(type !== undefined && { type }) })
  const caps = capsOf(rules, name, serviceId)
  const ticket = { name, globalId, created, expires: addUTime(created, validity), caps }
  const how = { key: secret.key, usage: KeyUsage.ticketInfo }
  const sealed = seal(how, serviceTicketInfoCodec, { ticket, sessionKey }, random)
  return { serviceId, ticket: { sessionKey, validity }, blob: { secretId: secret.id, sealed } }
}

/** Tickets for each of the services, given as bits, that there are tickets for. Not that for the monitors. */
export function issueTickets(rules: KeyServerRules, order: TicketOrder, services: number): GrantedTicket[] {
  const wanted = services & rules.services & ~EntityType.auth
  const kinds = [EntityType.mon, EntityType.mds, EntityType.osd, EntityType.mgr].filter((kind) => (wanted & kind) !== 0)
  return kinds.map((serviceId) => issueTicket(rules, { ...order, serviceId }))
}
