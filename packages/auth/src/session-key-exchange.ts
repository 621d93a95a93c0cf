import { EntityType } from '@msgr/message'
import { challengeProof } from './challenge-proof.ts'
import { type AuthSession } from './client-authorizer.ts'
import { type ClientState } from './client-state.ts'
import { type CryptoKey } from './crypto-key.ts'
import { AuthProtocolError, KeyError } from './errors.ts'
import { type HeldTicket, holdTicket } from './held-tickets.ts'
import { KeyUsage } from './key-usage.ts'
import { CephxRequest, replyOf, requestOf, sessionKeyReplyCodec, sessionKeyRequestCodec } from './login-structs.ts'
import { encodeToBytes, readPayload } from './payload-codec.ts'
import { randomUint64 } from './random-bytes.ts'
import { sealedBytes, unseal } from './seal.ts'
import { openGrant, type TicketGrant } from './ticket-grant.ts'
import { EMPTY_TICKET_BLOB } from './ticket-structs.ts'

/** Promises to ask for a global id again only with the old ticket. */
const REQUEST_VERSION = 3
const requestCodec = requestOf(CephxRequest.authSessionKey, sessionKeyRequestCodec)
const replyCodec = replyOf(CephxRequest.authSessionKey, sessionKeyReplyCodec)

/** Shows that one knows one's secret, and gets the ticket for the monitors and all others wanted. */
export class SessionKeyExchange {
  readonly payload: Uint8Array
  readonly #state: ClientState
  readonly #key: CryptoKey
  readonly #oldTicket: HeldTicket | undefined

  /** `oldTicket`: that of the global id which is asked for again. */
  constructor(state: ClientState, serverChallenge: bigint, oldTicket: HeldTicket | undefined) {
    if (state.key === undefined) throw new KeyError(`${state.name.toString()}: expected a key for cephx, got none`)
    this.#state = state
    this.#key = state.key
    this.#oldTicket = oldTicket
    const clientChallenge = randomUint64(state.random)
    this.payload = encodeToBytes(requestCodec, {
      version: REQUEST_VERSION,
      clientChallenge,
      proof: challengeProof(this.#key, { server: serverChallenge, client: clientChallenge }),
      oldTicket: oldTicket?.blob ?? EMPTY_TICKET_BLOB,
      // Without any there would be no connection secret.
      otherKeys: (state.wantedServices | EntityType.auth) >>> 0,
    })
  }

  /** Opens the reply and keeps the tickets. Nothing is kept of a reply that cannot be opened to its end. */
  receive(payload: Uint8Array, nowMs: number): AuthSession {
    const reply = readPayload('reply to a login', replyCodec, payload)
    const own = this.#openAll(reply.tickets, nowMs, this.#key).find(({ serviceId }) => serviceId === EntityType.auth)
    if (own === undefined) throw new AuthProtocolError('tickets: expected one for the monitors, got none')
    const { sessionKey } = own
    const extra = this.#openAll(reply.extraTickets, nowMs, sessionKey)
    const secret = reply.connectionSecret
    const connectionSecret =
      secret.length === 0
        ? new Uint8Array(0)
        : unseal({ key: sessionKey, usage: KeyUsage.connectionSecret }, sealedBytes, secret)
    for (const ticket of [...extra, own]) this.#state.tickets.put(ticket)
    return { sessionKey, connectionSecret }
  }

  #openAll(grants: readonly TicketGrant[], nowMs: number, principalKey: CryptoKey): HeldTicket[] {
    const keys = { principalKey, oldSessionKey: this.#oldTicket?.sessionKey }
    return grants.map((grant) => holdTicket(openGrant(grant, keys), nowMs))
  }
}
