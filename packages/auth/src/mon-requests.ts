import { uint16 } from '@msgr/bufferlist'
import { EntityType } from '@msgr/message'
import { attempt } from './attempt.ts'
import { authorizeCodec } from './authorizer-structs.ts'
import { type KeyServerRules } from './key-server.ts'
import { KeyUsage } from './key-usage.ts'
import { type Claim, judgeLogin } from './login-judgement.ts'
import { AuthResult, CephxRequest, replyOf, requestOf, ticketsRequestCodec } from './login-structs.ts'
import { encodeToBytes, readPayload } from './payload-codec.ts'
import { rotatingSecretsCodec } from './rotating-secrets.ts'
import { seal, sealedBytes, unseal } from './seal.ts'
import { checkTicket } from './ticket-check.ts'
import { sealGrant, ticketReplyCodec } from './ticket-grant.ts'
import { issueTickets } from './ticket-issue.ts'

/** What goes into an MAuthReply. */
export interface MonRequestAnswer {
  /** 0, or one of `AuthResult`. */
  readonly result: number
  readonly payload: Uint8Array
}

/** Who asks in an open session. */
export interface MonSession extends Claim {
  /** Of the login; `undefined` with method none. */
  readonly challenge: bigint | undefined
}

const ticketsCodec = requestOf(CephxRequest.principalSessionKey, ticketsRequestCodec)
const ticketsAnswerCodec = replyOf(CephxRequest.principalSessionKey, ticketReplyCodec)
const secretsAnswerCodec = replyOf(CephxRequest.rotatingKey, sealedBytes)
/** Who gets the secrets that open tickets: they share them with all of their kind. */
const DAEMONS: readonly number[] = [EntityType.osd, EntityType.mds, EntityType.mgr]

const NOTHING = new Uint8Array(0)
const REFUSED: MonRequestAnswer = { result: AuthResult.accessDenied, payload: NOTHING }

/** Answers a request in an open session. Ceph: src/auth/cephx/CephxServiceHandler.cc, handle_request */
export function answerMonRequest(
  rules: KeyServerRules,
  session: MonSession,
  payload: Uint8Array,
  nowMs: number,
): MonRequestAnswer {
  const request = attempt(() => readPayload('request', uint16, payload))
  switch (request) {
    case CephxRequest.authSessionKey:
      return renewLogin(rules, session, payload, nowMs)
    case CephxRequest.principalSessionKey:
      return giveTickets(rules, session, payload, nowMs)
    case CephxRequest.rotatingKey:
      return giveSecrets(rules, session, nowMs)
    default:
      return { result: AuthResult.invalid, payload: NOTHING }
  }
}

function renewLogin(rules: KeyServerRules, session: MonSession, payload: Uint8Array, nowMs: number): MonRequestAnswer {
  const { challenge } = session
  if (challenge === undefined) return REFUSED
  const answer = judgeLogin(rules, { ...session, challenge }, payload, { nowMs })
  if (answer.kind === 'refused') return { result: answer.result, payload: NOTHING }
  return { result: 0, payload: answer.payload }
}

/** Shown the ticket for the monitors, by the one it was given to, gives tickets for services. */
function giveTickets(rules: KeyServerRules, session: MonSession, payload: Uint8Array, nowMs: number): MonRequestAnswer {
  const request = attempt(() => readPayload('request for tickets', ticketsCodec, payload))
  if (request === undefined) return REFUSED
  const { authorizer, services } = request
  const secrets = rules.rotatingKeys(EntityType.auth, nowMs)
  const checked = checkTicket(authorizer, { serviceId: EntityType.auth, secrets, nowMs, clockSkewMs: 0 })
  if (checked === undefined) return REFUSED
  const { name, globalId } = checked.ticket
  if (!name.equals(session.name) || globalId !== session.globalId) return REFUSED
  const key = checked.sessionKey
  const proof = attempt(() => unseal({ key, usage: KeyUsage.authorize }, authorizeCodec, authorizer.sealedAuthorize))
  if (proof === undefined) return REFUSED
  const tickets = issueTickets(rules, { name, globalId, serviceId: EntityType.auth, nowMs }, services)
  const grants = tickets.map((ticket) => sealGrant(ticket, { principalKey: key }, rules.random))
  return { result: 0, payload: encodeToBytes(ticketsAnswerCodec, grants) }
}

function giveSecrets(rules: KeyServerRules, { name }: MonSession, nowMs: number): MonRequestAnswer {
  const key = rules.keyring.find(name)?.key
  if (key === undefined || !DAEMONS.includes(name.type) || (rules.services & name.type) === 0) return REFUSED
  const secrets = rules.rotatingKeys(name.type, nowMs).snapshot()
  const sealed = seal({ key, usage: KeyUsage.rotatingSecrets }, rotatingSecretsCodec, secrets, rules.random)
  return { result: 0, payload: encodeToBytes(secretsAnswerCodec, sealed) }
}
