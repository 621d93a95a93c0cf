import { EntityType } from '@msgr/message'
import { authorizeCodec } from './authorizer-structs.ts'
import { type AuthSession } from './client-authorizer.ts'
import { type ClientState } from './client-state.ts'
import { type HeldTicket, holdTicket } from './held-tickets.ts'
import { KeyUsage } from './key-usage.ts'
import { CephxRequest, replyOf, requestOf, ticketsRequestCodec } from './login-structs.ts'
import { encodeToBytes, readPayload } from './payload-codec.ts'
import { randomUint64 } from './random-bytes.ts'
import { seal } from './seal.ts'
import { SessionKeyExchange } from './session-key-exchange.ts'
import { openGrant, ticketReplyCodec } from './ticket-grant.ts'

const requestCodec = requestOf(CephxRequest.principalSessionKey, ticketsRequestCodec)
const replyCodec = replyOf(CephxRequest.principalSessionKey, ticketReplyCodec)

/** One request for tickets in an open session with a monitor: an MAuth with protocol 2, and its reply. */
export interface SessionTicketRenewal {
  readonly payload: Uint8Array
  /**
   * Takes the payload of the MAuthReply and keeps the tickets. Throws `AuthProtocolError`, `AuthRefusedError` or
   * `SealError`; the tickets held so far stay.
   */
  receive(payload: Uint8Array, nowMs: number): AuthSession | undefined
}

/** Gets tickets for services by showing the one for the monitors. Ceph: src/auth/cephx/CephxClientHandler.cc */
export class TicketRenewal implements SessionTicketRenewal {
  readonly payload: Uint8Array
  readonly #state: ClientState
  readonly #ticket: HeldTicket

  private constructor(state: ClientState, ticket: HeldTicket, services: number) {
    this.#state = state
    this.#ticket = ticket
    const authorize = { nonce: randomUint64(state.random), challenge: undefined }
    const how = { key: ticket.sessionKey, usage: KeyUsage.authorize }
    const authorizer = {
      globalId: state.globalId,
      serviceId: EntityType.auth,
      ticket: ticket.blob,
      sealedAuthorize: seal(how, authorizeCodec, authorize, state.random),
    }
    this.payload = encodeToBytes(requestCodec, { authorizer, services })
  }

  /**
   * The renewal that is due, if any. A ticket for the monitors that ends soon is renewed by another login in the same
   * session, which brings all others along.
   *
   * Differs from Ceph: it never asks for a ticket for managers alone; here only one that was never given is not asked
   * for alone.
   */
  static whatIsDue(state: ClientState, nowMs: number): SessionTicketRenewal | undefined {
    const { tickets, wantedServices, serverChallenge } = state
    const ticket = tickets.get(EntityType.auth, nowMs)
    if (ticket === undefined) return undefined
    if (nowMs >= ticket.renewAfterMs && serverChallenge !== undefined) {
      return new SessionKeyExchange(state, serverChallenge, ticket)
    }
    const due = tickets.due(wantedServices, nowMs)
    if (due === 0 || (due === EntityType.mgr && !tickets.has(EntityType.mgr))) return undefined
    return new TicketRenewal(state, ticket, due)
  }

  receive(payload: Uint8Array, nowMs: number): undefined {
    const grants = readPayload('reply to a request for tickets', replyCodec, payload)
    const keys = { principalKey: this.#ticket.sessionKey }
    const renewed = grants.map((grant) => holdTicket(openGrant(grant, keys), nowMs))
    for (const ticket of renewed) this.#state.tickets.put(ticket)
  }
}
