import { type Codec } from '@msgr/bufferlist'
import { readVersion } from './payload-codec.ts'
import { sealedBytes } from './seal.ts'
import { type TicketBlob, ticketBlobCodec } from './ticket-structs.ts'

/** What a client shows a service. Ceph: src/auth/cephx/CephxProtocol.cc, CephXTicketHandler::build_authorizer */
export interface CephxAuthorizer {
  readonly globalId: bigint
  /** The kind of service it is for: one of `EntityType`. */
  readonly serviceId: number
  readonly ticket: TicketBlob
  /** An `Authorize`, sealed with the session key of the ticket. */
  readonly sealedAuthorize: Uint8Array
}

/** What proves that whoever shows a ticket has its session key. Ceph: CephXAuthorize */
export interface Authorize {
  readonly nonce: bigint
  /** The challenge of the service that this answers. */
  readonly challenge: bigint | undefined
}

/** What proves that the service can read the ticket. Ceph: CephXAuthorizeReply */
export interface AuthorizeReply {
  readonly noncePlusOne: bigint
  /** Empty where nothing is encrypted on the connection. */
  readonly connectionSecret: Uint8Array
}

/** 2^64 - 1 and 1 make 0. */
export function plusOne(value: bigint): bigint {
  return BigInt.asUintN(64, value + 1n)
}

/** Version u8 1 (which is also the auth mode "authorizer"), global id u64, service id u32, ticket, sealed (blob). */
export const cephxAuthorizerCodec: Codec<CephxAuthorizer> = {
  minLength: 30,
  encode: (encoder, { globalId, serviceId, ticket, sealedAuthorize }) => {
    encoder.writeUInt8(1).writeBigUInt64LE(globalId).writeUInt32LE(serviceId)
    ticketBlobCodec.encode(encoder, ticket)
    sealedBytes.encode(encoder, sealedAuthorize)
  },
  decode: (cursor) => {
    readVersion(cursor, 'an authorizer')
    const globalId = cursor.readBigUInt64LE()
    const serviceId = cursor.readUInt32LE()
    const ticket = ticketBlobCodec.decode(cursor)
    return { globalId, serviceId, ticket, sealedAuthorize: sealedBytes.decode(cursor) }
  },
}

/** Version u8 2, nonce u64, whether it answers a challenge u8, challenge + 1 u64. Version 1 is the nonce alone. */
export const authorizeCodec: Codec<Authorize> = {
  minLength: 9,
  encode: (encoder, { nonce, challenge }) => {
    encoder
      .writeUInt8(2)
      .writeBigUInt64LE(nonce)
      .writeBoolean(challenge !== undefined)
    encoder.writeBigUInt64LE(challenge === undefined ? 0n : plusOne(challenge))
  },
  decode: (cursor) => {
    const version = readVersion(cursor, 'the sealed part of an authorizer')
    const nonce = cursor.readBigUInt64LE()
    if (version < 2) return { nonce, challenge: undefined }
    const hasChallenge = cursor.readBoolean()
    const challenge = BigInt.asUintN(64, cursor.readBigUInt64LE() - 1n)
    return { nonce, challenge: hasChallenge ? challenge : undefined }
  },
}

/** Version u8 1, challenge u64: of a monitor as it is, of a service sealed. Ceph: CephXServerChallenge */
export const challengeCodec: Codec<bigint> = {
  minLength: 9,
  encode: (encoder, challenge) => {
    encoder.writeUInt8(1).writeBigUInt64LE(challenge)
  },
  decode: (cursor) => {
    readVersion(cursor, 'a challenge')
    return cursor.readBigUInt64LE()
  },
}

/** Version u8, nonce + 1 u64, and in version 2 the connection secret (string). Version 1 where there is no secret. */
export const authorizeReplyCodec: Codec<AuthorizeReply> = {
  minLength: 9,
  encode: (encoder, { noncePlusOne, connectionSecret }) => {
    encoder.writeUInt8(connectionSecret.length === 0 ? 1 : 2).writeBigUInt64LE(noncePlusOne)
    if (connectionSecret.length > 0) encoder.writeSizedBytes(connectionSecret)
  },
  decode: (cursor) => {
    const version = readVersion(cursor, 'the reply to an authorizer')
    const noncePlusOne = cursor.readBigUInt64LE()
    return { noncePlusOne, connectionSecret: version < 2 ? new Uint8Array(0) : sealedBytes.decode(cursor) }
  },
}
