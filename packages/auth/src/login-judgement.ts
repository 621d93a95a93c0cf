import { timingSafeEqual } from 'node:crypto'
import { uint64 } from '@msgr/bufferlist'
import { EntityType } from '@msgr/message'
import { attempt } from './attempt.ts'
import { type AuthAnswer } from './auth-answer.ts'
import { challengeProof } from './challenge-proof.ts'
import { type CryptoKey } from './crypto-key.ts'
import { type KeyServerRules } from './key-server.ts'
import { KeyUsage } from './key-usage.ts'
import {
  AuthMethod,
  AuthResult,
  CephxRequest,
  replyOf,
  requestOf,
  type SessionKeyRequest,
  sessionKeyReplyCodec,
  sessionKeyRequestCodec,
} from './login-structs.ts'
import { type LoginCircumstances } from './mon-acceptance.ts'
import { encodeToBytes, readPayload } from './payload-codec.ts'
import { type PrincipalName } from './principal-name.ts'
import { seal, sealedBytes } from './seal.ts'
import { checkTicket } from './ticket-check.ts'
import { sealGrant, ticketReplyCodec } from './ticket-grant.ts'
import { capsOf, issueTicket, issueTickets } from './ticket-issue.ts'

/** Who somebody says he is. */
export interface Claim {
  readonly name: PrincipalName
  /** 0 of a new client. */
  readonly askedGlobalId: bigint
  /** What it gets if all is well. */
  readonly globalId: bigint
}

/** Clients from this version on promise to show the old ticket when they ask for its global id. */
const VERSION_WITH_OLD_TICKETS = 3
const requestCodec = requestOf(CephxRequest.authSessionKey, sessionKeyRequestCodec)
const fullReplyCodec = replyOf(CephxRequest.authSessionKey, sessionKeyReplyCodec)
/** What very old clients get: they ask for nothing more. */
const shortReplyCodec = replyOf(CephxRequest.authSessionKey, ticketReplyCodec)

type Refusal = Extract<AuthAnswer, { kind: 'refused' }>
const REFUSED: Refusal = { kind: 'refused', result: AuthResult.accessDenied }

/** Judges a proof. A name without a key and a wrong proof are refused alike, and after the same work. */
export function judgeLogin(
  rules: KeyServerRules,
  claim: Claim & { readonly challenge: bigint },
  payload: Uint8Array,
  circumstances: LoginCircumstances,
): AuthAnswer {
  const request = attempt(() => readPayload('request for a session key', requestCodec, payload))
  if (request === undefined) return REFUSED
  const entry = rules.keyring.find(claim.name)
  const key = entry?.key ?? rules.decoyKey
  const expected = challengeProof(key, { server: claim.challenge, client: request.clientChallenge })
  const isRight = timingSafeEqual(encodeToBytes(uint64, expected), encodeToBytes(uint64, request.proof))
  if (!isRight || entry === undefined) return REFUSED

  const reclaim = judgeReclaim(rules, claim, request, circumstances.nowMs)
  if (reclaim.kind === 'refused') return reclaim
  const { name, globalId } = claim
  const peer = { method: AuthMethod.cephx, name, globalId, caps: capsOf(rules, name, EntityType.mon) }
  return rules.authorize(peer) ? admit(rules, { claim, key, ...reclaim }, request, circumstances) : REFUSED
}

/** Whether the client may have the global id that it asks for. Ceph: CephxServiceHandler.cc, verify_old_ticket */
function judgeReclaim(
  rules: KeyServerRules,
  { name, askedGlobalId }: Claim,
  { version, oldTicket }: SessionKeyRequest,
  nowMs: number,
): Refusal | { readonly kind: 'granted'; readonly oldSessionKey: CryptoKey | undefined } {
  const hasTicket = oldTicket.sealed.length > 0
  if (askedGlobalId === 0n) {
    return hasTicket ? { kind: 'refused', result: AuthResult.invalid } : { kind: 'granted', oldSessionKey: undefined }
  }
  const secrets = rules.rotatingKeys(EntityType.auth, nowMs)
  const shown = { globalId: askedGlobalId, serviceId: EntityType.auth, ticket: oldTicket }
  const checked = checkTicket(shown, { serviceId: EntityType.auth, secrets, nowMs, clockSkewMs: 0 })
  if (checked?.ticket.name.equals(name) === true) return { kind: 'granted', oldSessionKey: checked.sessionKey }
  const isTolerated = version < VERSION_WITH_OLD_TICKETS && rules.allowInsecureGlobalIdReclaim
  return isTolerated ? { kind: 'granted', oldSessionKey: undefined } : REFUSED
}

function admit(
  rules: KeyServerRules,
  login: { readonly claim: Claim; readonly key: CryptoKey; readonly oldSessionKey: CryptoKey | undefined },
  { otherKeys }: SessionKeyRequest,
  { nowMs, connectionSecretLength }: LoginCircumstances,
): AuthAnswer {
  const { random } = rules
  const { name, globalId } = login.claim
  const order = { name, globalId, serviceId: EntityType.auth, nowMs }
  const own = issueTicket(rules, order)
  const { sessionKey } = own.ticket
  const tickets = [sealGrant(own, { principalKey: login.key, oldSessionKey: login.oldSessionKey }, random)]
  const peer = { method: AuthMethod.cephx, name, globalId, caps: capsOf(rules, name, EntityType.mon) }
  if (otherKeys === 0) {
    const connectionSecret = new Uint8Array(0)
    return { kind: 'accepted', payload: encodeToBytes(shortReplyCodec, tickets), peer, sessionKey, connectionSecret }
  }
  const connectionSecret = random(connectionSecretLength ?? 0)
  const how = { key: sessionKey, usage: KeyUsage.connectionSecret }
  const payload = encodeToBytes(fullReplyCodec, {
    tickets,
    connectionSecret:
      connectionSecretLength === undefined ? new Uint8Array(0) : seal(how, sealedBytes, connectionSecret, random),
    extraTickets: issueTickets(rules, order, otherKeys).map((ticket) =>
      sealGrant(ticket, { principalKey: sessionKey }, random),
    ),
  })
  return { kind: 'accepted', payload, peer, sessionKey, connectionSecret }
}
