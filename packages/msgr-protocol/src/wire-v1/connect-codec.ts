import type { ConnectReply, ConnectRequest, RetryReply } from './connect.ts'
import { ProtocolError } from '../errors.ts'
import { MsgrTag } from './msgr-tag.ts'

/** Bytes of `ceph_msg_connect` and `ceph_msg_connect_reply`, without the authorizer that may follow each. */
export const CONNECT_SIZE = 33
export const CONNECT_REPLY_SIZE = 26

const FLAG_LOSSY = 1

/**
 * Writes the fixed part of a request: features u64, own type u32, global seq u32, connect seq u32, protocol version
 * u32, authorizer protocol u32 and length u32, flags u8; little endian. Ceph: src/include/msgr.h, ceph_msg_connect
 */
export function writeConnectFields(request: ConnectRequest, view: DataView, offset: number): void {
  view.setBigUint64(offset, request.features, true)
  view.setUint32(offset + 8, request.peerType, true)
  view.setUint32(offset + 12, request.globalSeq, true)
  view.setUint32(offset + 16, request.connectSeq, true)
  view.setUint32(offset + 20, request.protocolVersion, true)
  view.setUint32(offset + 24, request.authorizer.protocol, true)
  view.setUint32(offset + 28, request.authorizer.bytes.length, true)
  view.setUint8(offset + 32, request.lossy ? FLAG_LOSSY : 0)
}

/** Reads the fixed part of a request. The authorizer's bytes are yet to come: `authorizerLength` of them. */
export function readConnectFields(view: DataView, offset: number): ConnectRequest & { authorizerLength: number } {
  return {
    features: view.getBigUint64(offset, true),
    peerType: view.getUint32(offset + 8, true),
    globalSeq: view.getUint32(offset + 12, true),
    connectSeq: view.getUint32(offset + 16, true),
    protocolVersion: view.getUint32(offset + 20, true),
    authorizer: { protocol: view.getUint32(offset + 24, true), bytes: new Uint8Array(0) },
    authorizerLength: view.getUint32(offset + 28, true),
    lossy: (view.getUint8(offset + 32) & FLAG_LOSSY) !== 0,
  }
}

/** The fixed part of a reply. Ceph: src/include/msgr.h, ceph_msg_connect_reply */
export interface ReplyFields {
  readonly tag: number
  readonly features: bigint
  readonly globalSeq: number
  readonly connectSeq: number
  readonly protocolVersion: number
  readonly authorizerLength: number
  readonly flags: number
}

/**
 * Writes a reply: tag u8, features u64, global seq u32, connect seq u32, protocol version u32, authorizer length u32,
 * flags u8; little endian.
 */
export function writeReplyFields(fields: ReplyFields, view: DataView, offset: number): void {
  view.setUint8(offset, fields.tag)
  view.setBigUint64(offset + 1, fields.features, true)
  view.setUint32(offset + 9, fields.globalSeq, true)
  view.setUint32(offset + 13, fields.connectSeq, true)
  view.setUint32(offset + 17, fields.protocolVersion, true)
  view.setUint32(offset + 21, fields.authorizerLength, true)
  view.setUint8(offset + 25, fields.flags)
}

export function readReplyFields(view: DataView, offset: number): ReplyFields {
  return {
    tag: view.getUint8(offset),
    features: view.getBigUint64(offset + 1, true),
    globalSeq: view.getUint32(offset + 9, true),
    connectSeq: view.getUint32(offset + 13, true),
    protocolVersion: view.getUint32(offset + 17, true),
    authorizerLength: view.getUint32(offset + 21, true),
    flags: view.getUint8(offset + 25),
  }
}

/** The fields with which a reply other than an agreement travels, and the bytes that follow them. */
export function retryToFields(
  reply: RetryReply,
  common: { features: bigint; protocolVersion: number },
): { fields: ReplyFields; bytes: Uint8Array } {
  const bytes = reply.kind === 'challenge' ? reply.bytes : new Uint8Array(0)
  const fields = {
    tag: tagOfRetry[reply.kind],
    features: common.features,
    globalSeq: reply.kind === 'retryGlobal' ? reply.seq : 0,
    connectSeq: reply.kind === 'retrySession' ? reply.seq : 0,
    protocolVersion: common.protocolVersion,
    authorizerLength: bytes.length,
    flags: 0,
  }
  return { fields, bytes }
}

const tagOfRetry = {
  resetSession: MsgrTag.resetSession,
  retrySession: MsgrTag.retrySession,
  retryGlobal: MsgrTag.retryGlobal,
  wait: MsgrTag.wait,
  challenge: MsgrTag.challengeAuthorizer,
  badProtocolVersion: MsgrTag.badProtoVer,
  missingFeatures: MsgrTag.features,
  badAuthorizer: MsgrTag.badAuthorizer,
} as const

/** What a reply means. `bytes` is what followed the fixed part; `inSeq` came after that if the tag was `seq`. */
export function fieldsToReply(fields: ReplyFields, bytes: Uint8Array, inSeq: number | undefined): ConnectReply {
  switch (fields.tag) {
    case MsgrTag.ready:
    case MsgrTag.seq: {
      const { features, globalSeq, connectSeq, protocolVersion, flags } = fields
      const lossy = (flags & FLAG_LOSSY) !== 0
      return { kind: 'opened', features, globalSeq, connectSeq, protocolVersion, lossy, inSeq, authorizerReply: bytes }
    }
    case MsgrTag.resetSession:
      return { kind: 'resetSession' }
    case MsgrTag.retrySession:
      return { kind: 'retrySession', seq: fields.connectSeq }
    case MsgrTag.retryGlobal:
      return { kind: 'retryGlobal', seq: fields.globalSeq }
    case MsgrTag.wait:
      return { kind: 'wait' }
    case MsgrTag.challengeAuthorizer:
      return { kind: 'challenge', bytes }
    case MsgrTag.badProtoVer:
      return { kind: 'badProtocolVersion', expected: fields.protocolVersion }
    case MsgrTag.features:
      return { kind: 'missingFeatures', features: fields.features }
    case MsgrTag.badAuthorizer:
      return { kind: 'badAuthorizer' }
    default:
      throw new ProtocolError(
        'ERR_MSGR_BAD_REPLY',
        `tag of a reply to connect: expected 1 to 5, 10 to 13 or 16, got ${fields.tag}`,
      )
  }
}
