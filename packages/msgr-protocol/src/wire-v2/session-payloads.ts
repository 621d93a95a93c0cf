import type { BufferCursor, BufferEncoder } from '@msgr/bufferlist'
import {
  decodeEntityAddr,
  decodeEntityAddrVec,
  encodeEntityAddr,
  encodeEntityAddrVec,
  FEATURES_ALL,
  type EntityAddr,
  type EntityAddrVec,
} from '@msgr/message'
import { checkCount, makePayloadCodec, type PayloadCodec } from './payload-codec.ts'

const FLAG_LOSSY = 1n

/** What both ends say of themselves and of the session they would have. Sequence numbers are safe integers. */
export interface Ident {
  /** The sender's; at most 32. */
  readonly addrs: EntityAddrVec
  /** The number in the sender's entity name: a safe integer, s64 on the wire. */
  readonly gid: number
  readonly globalSeq: number
  readonly featuresSupported: bigint
  readonly featuresRequired: bigint
  /** The session ends with its transport. */
  readonly lossy: boolean
  /** Names the sender's side of the session; 0 if it is lossy. u64. */
  readonly cookie: bigint
}

/** The dialling end asks for a new session. */
export interface ClientIdent extends Ident {
  /** What the sender dialled. */
  readonly targetAddr: EntityAddr
}

/** The accepting end opens a new session. */
export type ServerIdent = Ident

/**
 * Addresses, target address, s64 gid, u64 global seq, u64 features supported, u64 features required, u64 flags,
 * u64 cookie. Ceph: src/msg/async/frames_v2.h, ClientIdentFrame
 */
export const clientIdentPayload: PayloadCodec<ClientIdent> = makePayloadCodec<ClientIdent>(
  'client ident',
  (encoder, ident) => {
    encodeEntityAddrVec(encoder, ident.addrs, FEATURES_ALL)
    encodeEntityAddr(encoder, ident.targetAddr, FEATURES_ALL)
    writeTerms(encoder, ident)
  },
  (cursor) => {
    const addrs = readAddrs(cursor)
    const targetAddr = decodeEntityAddr(cursor)
    return { addrs, targetAddr, ...readTerms(cursor) }
  },
)

/** As a client ident without the target address. Ceph: src/msg/async/frames_v2.h, ServerIdentFrame */
export const serverIdentPayload: PayloadCodec<ServerIdent> = makePayloadCodec<ServerIdent>(
  'server ident',
  (encoder, ident) => {
    encodeEntityAddrVec(encoder, ident.addrs, FEATURES_ALL)
    writeTerms(encoder, ident)
  },
  (cursor) => {
    const addrs = readAddrs(cursor)
    return { addrs, ...readTerms(cursor) }
  },
)

/** The accepting end misses these feature bits of the other. */
export interface IdentMissingFeatures {
  readonly features: bigint
}

/** u64 features. Ceph: src/msg/async/frames_v2.h, IdentMissingFeaturesFrame */
export const identMissingFeaturesPayload: PayloadCodec<IdentMissingFeatures> = makePayloadCodec<IdentMissingFeatures>(
  'ident missing features',
  (encoder, missing) => {
    encoder.writeBigUInt64LE(missing.features)
  },
  (cursor) => ({ features: cursor.readBigUInt64LE() }),
)

/** The dialling end asks to go on with a session. */
export interface SessionReconnect {
  /** The sender's; at most 32. */
  readonly addrs: EntityAddrVec
  readonly clientCookie: bigint
  readonly serverCookie: bigint
  readonly globalSeq: number
  readonly connectSeq: number
  /** The last message that the sender got. */
  readonly inSeq: number
}

/**
 * Addresses, u64 client cookie, u64 server cookie, u64 global seq, u64 connect seq, u64 in seq.
 * Ceph: src/msg/async/frames_v2.h, ReconnectFrame
 */
export const sessionReconnectPayload: PayloadCodec<SessionReconnect> = makePayloadCodec<SessionReconnect>(
  'session reconnect',
  (encoder, asked) => {
    encodeEntityAddrVec(encoder, asked.addrs, FEATURES_ALL)
    encoder.writeBigUInt64LE(asked.clientCookie)
    encoder.writeBigUInt64LE(asked.serverCookie)
    encoder.writeSafeUInt64LE(asked.globalSeq)
    encoder.writeSafeUInt64LE(asked.connectSeq)
    encoder.writeSafeUInt64LE(asked.inSeq)
  },
  (cursor) => ({
    addrs: readAddrs(cursor),
    clientCookie: cursor.readBigUInt64LE(),
    serverCookie: cursor.readBigUInt64LE(),
    globalSeq: cursor.readSafeUInt64LE(),
    connectSeq: cursor.readSafeUInt64LE(),
    inSeq: cursor.readSafeUInt64LE(),
  }),
)

/** The accepting end does not know the session. */
export interface SessionReset {
  /** All of it is lost, queues too; if not, only what the accepting end had. */
  readonly full: boolean
}

/** u8 full. Ceph: src/msg/async/frames_v2.h, ResetFrame */
export const sessionResetPayload: PayloadCodec<SessionReset> = makePayloadCodec<SessionReset>(
  'session reset',
  (encoder, reset) => {
    encoder.writeBoolean(reset.full)
  },
  (cursor) => ({ full: cursor.readBoolean() }),
)

/** The accepting end has seen this connect seq already. */
export interface SessionRetry {
  readonly connectSeq: number
}

/** u64 connect seq. Ceph: src/msg/async/frames_v2.h, RetryFrame */
export const sessionRetryPayload: PayloadCodec<SessionRetry> = makePayloadCodec<SessionRetry>(
  'session retry',
  (encoder, retry) => {
    encoder.writeSafeUInt64LE(retry.connectSeq)
  },
  (cursor) => ({ connectSeq: cursor.readSafeUInt64LE() }),
)

/** The accepting end has seen this global seq already. */
export interface SessionRetryGlobal {
  readonly globalSeq: number
}

/** u64 global seq. Ceph: src/msg/async/frames_v2.h, RetryGlobalFrame */
export const sessionRetryGlobalPayload: PayloadCodec<SessionRetryGlobal> = makePayloadCodec<SessionRetryGlobal>(
  'session retry global',
  (encoder, retry) => {
    encoder.writeSafeUInt64LE(retry.globalSeq)
  },
  (cursor) => ({ globalSeq: cursor.readSafeUInt64LE() }),
)

/** The accepting end goes on with the session. */
export interface SessionReconnectOk {
  /** The last message that the sender got. */
  readonly inSeq: number
}

/** u64 in seq. Ceph: src/msg/async/frames_v2.h, ReconnectOkFrame */
export const sessionReconnectOkPayload: PayloadCodec<SessionReconnectOk> = makePayloadCodec<SessionReconnectOk>(
  'session reconnect ok',
  (encoder, ok) => {
    encoder.writeSafeUInt64LE(ok.inSeq)
  },
  (cursor) => ({ inSeq: cursor.readSafeUInt64LE() }),
)

function writeTerms(encoder: BufferEncoder, ident: Ident): void {
  encoder.writeSafeInt64LE(ident.gid)
  encoder.writeSafeUInt64LE(ident.globalSeq)
  encoder.writeBigUInt64LE(ident.featuresSupported)
  encoder.writeBigUInt64LE(ident.featuresRequired)
  encoder.writeBigUInt64LE(ident.lossy ? FLAG_LOSSY : 0n)
  encoder.writeBigUInt64LE(ident.cookie)
}

function readTerms(cursor: BufferCursor): Omit<Ident, 'addrs'> {
  return {
    gid: cursor.readSafeInt64LE(),
    globalSeq: cursor.readSafeUInt64LE(),
    featuresSupported: cursor.readBigUInt64LE(),
    featuresRequired: cursor.readBigUInt64LE(),
    lossy: (cursor.readBigUInt64LE() & FLAG_LOSSY) !== 0n,
    cookie: cursor.readBigUInt64LE(),
  }
}

function readAddrs(cursor: BufferCursor): EntityAddrVec {
  const addrs = decodeEntityAddrVec(cursor)
  checkCount(addrs.length)
  return addrs
}
