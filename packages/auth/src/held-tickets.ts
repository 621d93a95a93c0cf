import { utimeToMs } from '@msgr/bufferlist'
import { type CryptoKey } from './crypto-key.ts'
import { type GrantedTicket } from './ticket-grant.ts'
import { type TicketBlob } from './ticket-structs.ts'

/** A ticket in the hands of its owner. Times are of the clock whose readings he passes in. */
export interface HeldTicket {
  readonly serviceId: number
  readonly sessionKey: CryptoKey
  readonly blob: TicketBlob
  /** When to get the next one. */
  readonly renewAfterMs: number
  readonly validUntilMs: number
}

/** The part of its validity after which a ticket is renewed. */
const RENEW_AFTER = 0.75

/** The ticket as it is held from now on. */
export function holdTicket({ serviceId, ticket, blob }: GrantedTicket, nowMs: number): HeldTicket {
  const validityMs = utimeToMs(ticket.validity)
  return {
    serviceId,
    sessionKey: ticket.sessionKey,
    blob,
    renewAfterMs: nowMs + validityMs * RENEW_AFTER,
    validUntilMs: nowMs + validityMs,
  }
}

/**
 * The tickets of one client, one for each kind of service. Ceph: src/auth/cephx/CephxProtocol.h, CephXTicketManager
 */
export class HeldTickets {
  readonly #tickets = new Map<number, HeldTicket>()

  /** Puts a ticket in the place of the one for the same service. */
  put(ticket: HeldTicket): void {
    this.#tickets.set(ticket.serviceId, ticket)
  }

  /** The ticket for a service, if there is one that is still good. */
  get(serviceId: number, nowMs: number): HeldTicket | undefined {
    const ticket = this.#tickets.get(serviceId)
    return ticket !== undefined && nowMs < ticket.validUntilMs ? ticket : undefined
  }

  /** Whether there is, or was, a ticket for a service. */
  has(serviceId: number): boolean {
    return this.#tickets.has(serviceId)
  }

  /** Those of the services, given as bits, that want a new ticket now: they have none, or one that ends soon. */
  due(services: number, nowMs: number): number {
    let due = 0
    for (let service = 1; service !== 0 && service <= services; service = (service << 1) >>> 0) {
      if ((services & service) === 0) continue
      const ticket = this.#tickets.get(service)
      if (ticket === undefined || nowMs >= ticket.renewAfterMs) due |= service
    }
    return due >>> 0
  }

  /** When the next ticket wants renewal; `undefined` if there is none. */
  get nextRenewalMs(): number | undefined {
    const times = [...this.#tickets.values()].map(({ renewAfterMs }) => renewAfterMs)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Forgets the ticket for a service, which does not take it. */
  delete(serviceId: number): void {
    this.#tickets.delete(serviceId)
  }

  clear(): void {
    this.#tickets.clear()
  }
}
