import { type EntityAddr, FEATURES_ALL, LEGACY_ADDR_SIZE, writeLegacyAddr } from '@msgr/message'
import type { Session, SessionEvent } from '../../src/index.ts'
import { CONNECT_REPLY_SIZE, CONNECT_SIZE, readReplyFields, type ReplyFields } from '../../src/wire-v1/connect-codec.ts'
import { joined, readGolden } from '../bytes.ts'

// The other end of a session, byte by byte: for what no session of ours would say.

export const BANNER: Uint8Array = readGolden('banner')

interface ConnectFields {
  readonly features?: bigint
  readonly peerType?: number
  readonly globalSeq?: number
  readonly connectSeq?: number
  readonly protocolVersion?: number
  readonly authorizerProtocol?: number
  /** If it is to differ from what follows. */
  readonly authorizerLength?: number
  readonly flags?: number
}

export function addrBytes(addr: EntityAddr): Uint8Array {
  const bytes = new Uint8Array(LEGACY_ADDR_SIZE)
  writeLegacyAddr(addr, bytes, 0)
  return bytes
}

/** A request; an OSD's to an OSD unless told otherwise. */
export function connectBytes(fields: ConnectFields, authorizer: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(CONNECT_SIZE + authorizer.length)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, fields.features ?? FEATURES_ALL, true)
  view.setUint32(8, fields.peerType ?? 4, true)
  view.setUint32(12, fields.globalSeq ?? 1, true)
  view.setUint32(16, fields.connectSeq ?? 0, true)
  view.setUint32(20, fields.protocolVersion ?? 10, true)
  view.setUint32(24, fields.authorizerProtocol ?? 0, true)
  view.setUint32(28, fields.authorizerLength ?? authorizer.length, true)
  view.setUint8(32, fields.flags ?? 0)
  bytes.set(authorizer, CONNECT_SIZE)
  return bytes
}

/** A reply, followed by `inSeq` if there is one. */
export function replyBytes(
  fields: { readonly tag: number } & Partial<ReplyFields>,
  authorizerReply: Uint8Array = new Uint8Array(0),
  inSeq?: number,
): Uint8Array {
  const head = new DataView(new ArrayBuffer(CONNECT_REPLY_SIZE))
  head.setUint8(0, fields.tag)
  head.setBigUint64(1, fields.features ?? FEATURES_ALL, true)
  head.setUint32(9, fields.globalSeq ?? 1, true)
  head.setUint32(13, fields.connectSeq ?? 1, true)
  head.setUint32(17, fields.protocolVersion ?? 10, true)
  head.setUint32(21, fields.authorizerLength ?? authorizerReply.length, true)
  head.setUint8(25, fields.flags ?? 0)
  const tail = inSeq === undefined ? new Uint8Array(0) : seqBytes(inSeq)
  return joined([new Uint8Array(head.buffer), authorizerReply, tail])
}

export function seqBytes(seq: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(seq), true)
  return new Uint8Array(view.buffer)
}

/** All that the session has to say at present. */
export function outputOf(session: Session): Uint8Array {
  return joined(session.takeOutput(Infinity)).slice()
}

/** Reads a reply that the session has written, and what follows its fixed part. */
export function parseReply(bytes: Uint8Array): ReplyFields & { rest: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return { ...readReplyFields(view, 0), rest: bytes.subarray(CONNECT_REPLY_SIZE) }
}

/** All events that wait. Messages that arrive are admitted, and answers to authorizers taken as they are. */
export function drain(session: Session): SessionEvent[] {
  const events: SessionEvent[] = []
  for (let event = session.nextEvent(); event !== undefined; event = session.nextEvent()) {
    events.push(event)
    if (event.kind === 'messageArriving') session.admit()
    if (event.kind === 'authorizerAnswered') session.secure(undefined)
    if (event.kind === 'authorizerRefused') session.giveUpAttempt(event.error)
  }
  return events
}

/** The first event of a kind, which must be among those. */
export function eventOf<K extends SessionEvent['kind']>(
  events: readonly SessionEvent[],
  kind: K,
): Extract<SessionEvent, { kind: K }> {
  for (const event of events) if (isOfKind(event, kind)) return event
  throw new Error(`expected an event of kind ${kind}, got ${events.map((event) => event.kind).join(', ') || 'none'}`)
}

function isOfKind<K extends SessionEvent['kind']>(
  event: SessionEvent,
  kind: K,
): event is Extract<SessionEvent, { kind: K }> {
  return event.kind === kind
}
