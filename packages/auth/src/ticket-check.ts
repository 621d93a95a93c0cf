import { compareUTime, utimeToMs } from '@msgr/bufferlist'
import { type CephxAuthorizer } from './authorizer-structs.ts'
import { KeyUsage } from './key-usage.ts'
import { unseal } from './seal.ts'
import { type ServiceSecret, type ServiceSecrets } from './service-secrets.ts'
import { type CapsInfo, type ServiceTicketInfo, serviceTicketInfoCodec } from './ticket-structs.ts'

const NANOSECONDS_PER_SECOND = 1_000_000_000

/** What a ticket that is shown has to meet. */
export interface TicketRules {
  readonly serviceId: number
  readonly secrets: ServiceSecrets
  readonly nowMs: number
  /** How long after its end a ticket is still taken, for the sake of clocks that differ. */
  readonly clockSkewMs: number
}

/** A ticket that passed. */
export interface CheckedTicket extends ServiceTicketInfo {
  /** What the owner may do. */
  readonly caps: CapsInfo
}

/**
 * Opens a ticket that is shown and checks it; `undefined` if anything at all is wrong with it.
 *
 * Differs from Ceph: 16.2 does not look at the times in a ticket. Here one that has ended is refused, and one whose
 * times are none: AES does not keep the owner of a ticket from changing it, and this shows some of what he can do.
 */
export function checkTicket(
  authorizer: Omit<CephxAuthorizer, 'sealedAuthorize'>,
  rules: TicketRules,
): CheckedTicket | undefined {
  if (authorizer.serviceId !== rules.serviceId) return undefined
  const secret = rules.secrets.find(authorizer.ticket.secretId)
  if (secret === undefined) return undefined
  let info: ServiceTicketInfo
  try {
    info = unseal({ key: secret.key, usage: KeyUsage.ticketInfo }, serviceTicketInfoCodec, authorizer.ticket.sealed)
  } catch {
    return undefined
  }
  if (info.ticket.globalId !== authorizer.globalId || !isTimely(info, rules) || !isOfItsOwner(info, secret)) {
    return undefined
  }
  return { ...info, caps: secret.owner?.caps ?? info.ticket.caps }
}

function isTimely({ ticket: { created, expires } }: ServiceTicketInfo, { nowMs, clockSkewMs }: TicketRules): boolean {
  if (Math.max(created.nanoseconds, expires.nanoseconds) >= NANOSECONDS_PER_SECOND) return false
  return compareUTime(created, expires) <= 0 && nowMs < utimeToMs(expires) + clockSkewMs
}

function isOfItsOwner({ ticket }: ServiceTicketInfo, { owner }: ServiceSecret): boolean {
  return owner === undefined || owner.name.equals(ticket.name)
}
