import { EntityType } from '@msgr/message'
import { FrameTag, Policies, Session, type Policy } from '../../src/index.ts'
import { authDonePayload, authRequestPayload, type AuthRequest } from '../../src/wire-v2/auth-payloads.ts'
import {
  clientIdentPayload,
  serverIdentPayload,
  sessionReconnectPayload,
  type ClientIdent,
  type SessionReconnect,
} from '../../src/wire-v2/session-payloads.ts'
import { sessionOptionsOf, type HostSettings } from '../network/host.ts'
import { Note } from '../network/note.ts'
import { drain, eventOf } from '../network/raw-peer.ts'
import { ADDR_A2, ADDR_B2, clientIdent, NO_BYTES, RawPeerV2, REMOTE, serverIdent } from '../network/raw-peer-v2.ts'

// Sessions whose handshake has come so far, and the peer that got them there.

export const CLIENT: Policy = Policies.losslessClient()
export const PEER: Policy = Policies.losslessPeer()
/** Of a host whose `random` is 0.5. */
export const COOKIE = 0x8000_0000_8000_0000n
/** A request to be let in by method none. */
export const BY_NONE: AuthRequest = { method: 1, modes: [1], payload: NO_BYTES }

type Settings = Partial<HostSettings>

/** The other end of a dialling session of an OSD at A. It has said nothing yet. */
export function dialled(policy: Policy = CLIENT, settings: Settings = {}): RawPeerV2 {
  const options = sessionOptionsOf({ addr: ADDR_A2, num: 5, policy, ...settings })
  const session = Session.dial(options, { type: EntityType.osd, addr: ADDR_B2 })
  drain(session)
  session.transportOpened({ remoteAddr: ADDR_B2 }, 0)
  return new RawPeerV2(session)
}

/** One that is asked to let the session in, by method 1. */
export function requested(settings: Settings = {}): RawPeerV2 {
  const peer = dialled(CLIENT, settings)
  peer.banner()
  peer.hello()
  peer.heard()
  peer.session.giveAuthorizer({ protocol: 1, bytes: Uint8Array.of(9) })
  peer.heard()
  return peer
}

/** One that has let it in, by mode crc, and has not signed. */
export function unsigned(settings: Settings = {}): RawPeerV2 {
  const peer = requested(settings)
  peer.say(FrameTag.authDone, authDonePayload, { globalId: 7n, mode: 1, payload: NO_BYTES })
  return peer
}

/** One that is asked for a session, and how. */
export function asked(policy: Policy = CLIENT, settings: Settings = {}): { peer: RawPeerV2; ident: ClientIdent } {
  const peer = dialled(policy, settings)
  peer.letIn()
  return { peer, ident: peer.heardOnly(FrameTag.clientIdent, clientIdentPayload) }
}

/** One that has agreed to it. */
export function agreed(settings: Settings = {}): RawPeerV2 {
  const { peer } = asked(CLIENT, settings)
  peer.say(FrameTag.serverIdent, serverIdentPayload, serverIdent())
  return peer
}

/** The same session on its next transport, with a message to send, and how it asks to go on. */
export function reopened(session: Session): { peer: RawPeerV2; asked: SessionReconnect } {
  session.send(Note.of(1))
  session.transportClosed(new Error('cut'), 1_000)
  eventOf(drain(session), 'dial')
  session.transportOpened({ remoteAddr: ADDR_B2 }, 1_000)
  const peer = new RawPeerV2(session, 1_000)
  peer.letIn()
  return { peer, asked: peer.heardOnly(FrameTag.sessionReconnect, sessionReconnectPayload) }
}

/** The other end of an accepting session of an OSD at B. It has said nothing yet. */
export function connected(policy: Policy = PEER, settings: Settings = {}): RawPeerV2 {
  const session = Session.accept(sessionOptionsOf({ addr: ADDR_B2, num: 6, policy, ...settings }), REMOTE)
  session.transportOpened({ remoteAddr: REMOTE }, 0)
  return new RawPeerV2(session)
}

/** One that has said hello. */
export function greeted(settings: Settings = {}): RawPeerV2 {
  const peer = connected(PEER, settings)
  peer.banner()
  peer.hello()
  peer.heard()
  return peer
}

/** One that is challenged. */
export function challenged(settings: Settings = {}): RawPeerV2 {
  const peer = greeted(settings)
  peer.say(FrameTag.authRequest, authRequestPayload, BY_NONE)
  peer.session.answerAuthorizer({ kind: 'challenge', bytes: NO_BYTES })
  return peer
}

/** One that is let in, and has not signed. */
export function accepted(settings: Settings = {}): RawPeerV2 {
  const peer = greeted(settings)
  peer.say(FrameTag.authRequest, authRequestPayload, BY_NONE)
  peer.session.answerAuthorizer({ kind: 'accepted', reply: NO_BYTES })
  return peer
}

/** One that has signed. */
export function entered(policy: Policy = PEER, settings: Settings = {}): RawPeerV2 {
  const peer = connected(policy, settings)
  peer.getIn()
  return peer
}

/** One that has a session of its own. */
export function opened(policy: Policy = PEER, settings: Settings = {}): RawPeerV2 {
  const peer = entered(policy, settings)
  peer.say(FrameTag.clientIdent, clientIdentPayload, clientIdent())
  peer.session.answerConnect({ kind: 'open' })
  return peer
}
