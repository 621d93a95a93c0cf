import type { EntityAddrVec } from '@msgr/message'
import type { AskedSessionV2 } from '../decide-accept.ts'
import {
  clientIdentPayload,
  sessionReconnectPayload,
  type ClientIdent,
  type SessionReconnect,
} from './session-payloads.ts'

/** What a peer asks an accepting end for: a session of its own, or to go on with one. */
export type SessionRequest =
  | { readonly kind: 'clientIdent'; readonly ident: ClientIdent }
  | { readonly kind: 'sessionReconnect'; readonly reconnect: SessionReconnect }

/** The same as plain data: the payload of the frame that says so, in memory of its own. */
export interface EncodedSessionRequest {
  readonly kind: SessionRequest['kind']
  readonly payload: Uint8Array
}

export function encodeRequest(request: SessionRequest): EncodedSessionRequest {
  const payload =
    request.kind === 'clientIdent'
      ? clientIdentPayload.encode(request.ident)
      : sessionReconnectPayload.encode(request.reconnect)
  // A slice, since what an encoder gives may lie in a larger buffer.
  return { kind: request.kind, payload: payload.slice() }
}

/** Throws `ProtocolError` for a payload that is none. */
export function decodeRequest({ kind, payload }: EncodedSessionRequest): SessionRequest {
  return kind === 'clientIdent'
    ? { kind, ident: clientIdentPayload.decode(payload) }
    : { kind, reconnect: sessionReconnectPayload.decode(payload) }
}

/** The addresses of who asks. */
export function addrsOf(request: SessionRequest): EntityAddrVec {
  return request.kind === 'clientIdent' ? request.ident.addrs : request.reconnect.addrs
}

/** What a decision depends on, as far as the request says it. */
export function askedBy(
  request: SessionRequest,
): Pick<AskedSessionV2, 'isReconnect' | 'clientCookie' | 'connectSeq' | 'globalSeq'> {
  if (request.kind === 'clientIdent') {
    const { cookie, globalSeq } = request.ident
    return { isReconnect: false, clientCookie: cookie, connectSeq: 0, globalSeq }
  }
  const { clientCookie, connectSeq, globalSeq } = request.reconnect
  return { isReconnect: true, clientCookie, connectSeq, globalSeq }
}
