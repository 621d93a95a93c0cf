import { type Codec, int32, MalformedInputError, uint32 } from '@msgr/bufferlist'
import { type CephxAuthorizer, cephxAuthorizerCodec } from './authorizer-structs.ts'
import { AuthRefusedError } from './errors.ts'
import { AuthLimits, limitedBytes, limitedVector } from './limits.ts'
import { decodeFromBytes, encodeToBytes, readVersion } from './payload-codec.ts'
import { type PrincipalName, principalNameCodec } from './principal-name.ts'
import { sealedBytes } from './seal.ts'
import { type TicketGrant, ticketReplyCodec } from './ticket-grant.ts'
import { type TicketBlob, ticketBlobCodec } from './ticket-structs.ts'

/** Methods. Ceph: src/include/ceph_fs.h, CEPH_AUTH_* */
export const AuthMethod = { unknown: 0, none: 1, cephx: 2, gss: 4 } as const

/** What the first byte of a conversation says it is. Ceph: src/auth/Auth.h, AUTH_MODE_* */
export const AuthMode = { authorizer: 1, authorizerMax: 9, mon: 10, monMax: 19 } as const

/** What one asks a monitor for in cephx. Ceph: src/auth/cephx/CephxProtocol.h, CEPHX_* */
export const CephxRequest = { authSessionKey: 0x0100, principalSessionKey: 0x0200, rotatingKey: 0x0400 } as const

/** Results of Ceph: negated errno of Linux, whatever runs here. */
export const AuthResult = { notPermitted: -1, accessDenied: -13, invalid: -22, notSupported: -95 } as const

/** Beginning of a conversation: with a monitor it is a `LoginStart`, with a service of method none the whole proof. */
export interface LoginStart {
  readonly authMode: number
  readonly name: PrincipalName
  /** 0 for who has none yet. */
  readonly globalId: bigint
}

/** The first payload of version 1 of the protocol, where the monitor chooses the method. */
export interface LoginOffer {
  /** Of `AuthMethod`. */
  readonly methods: readonly number[]
  readonly name: PrincipalName
  readonly globalId: bigint
}

/** Asks for the session key, and shows that one knows the secret. */
export interface SessionKeyRequest {
  /** 3 is what we send. 1 asks for no further tickets; 1 and 2 do not promise to keep a global id by the old ticket. */
  readonly version: number
  readonly clientChallenge: bigint
  readonly proof: bigint
  readonly oldTicket: TicketBlob
  /** Kinds of services, as bits of `EntityType`, for which tickets shall come along. */
  readonly otherKeys: number
}

/** What a monitor gives to who has shown that he knows his secret. */
export interface SessionKeyReply {
  readonly tickets: readonly TicketGrant[]
  /** Sealed, with a length of its own; empty where there is no encryption to set up. */
  readonly connectionSecret: Uint8Array
  readonly extraTickets: readonly TicketGrant[]
}

/** Asks for tickets in an open session with a monitor. */
export interface TicketsRequest {
  /** For the service `auth`. */
  readonly authorizer: CephxAuthorizer
  readonly services: number
}

/** Auth mode u8, name, global id u64. Ceph: src/mon/MonClient.cc, MonConnection::get_auth_request */
export const loginStartCodec: Codec<LoginStart> = {
  minLength: 17,
  encode: (encoder, { authMode, name, globalId }) => {
    encoder.writeUInt8(authMode)
    principalNameCodec.encode(encoder, name)
    encoder.writeBigUInt64LE(globalId)
  },
  decode: (cursor) => {
    const authMode = cursor.readUInt8()
    const name = principalNameCodec.decode(cursor)
    return { authMode, name, globalId: cursor.readBigUInt64LE() }
  },
}

const methodsCodec = limitedVector('methods', uint32, AuthLimits.maxMethods)

/** Version u8 1, methods list of u32, name, global id u64. */
export const loginOfferCodec: Codec<LoginOffer> = {
  minLength: 21,
  encode: (encoder, { methods, name, globalId }) => {
    encoder.writeUInt8(1)
    methodsCodec.encode(encoder, methods)
    principalNameCodec.encode(encoder, name)
    encoder.writeBigUInt64LE(globalId)
  },
  decode: (cursor) => {
    readVersion(cursor, 'an offer of methods')
    const methods = methodsCodec.decode(cursor)
    const name = principalNameCodec.decode(cursor)
    return { methods, name, globalId: cursor.readBigUInt64LE() }
  },
}

/**
 * Version u8, client challenge u64, proof u64, old ticket, and from version 2 on other keys u32. The u16 of the request
 * stands before it. Ceph: src/auth/cephx/CephxProtocol.h, CephXAuthenticate
 */
export const sessionKeyRequestCodec: Codec<SessionKeyRequest> = {
  minLength: 30,
  encode: (encoder, { version, clientChallenge, proof, oldTicket, otherKeys }) => {
    encoder.writeUInt8(version).writeBigUInt64LE(clientChallenge).writeBigUInt64LE(proof)
    ticketBlobCodec.encode(encoder, oldTicket)
    if (version >= 2) encoder.writeUInt32LE(otherKeys)
  },
  decode: (cursor) => {
    const version = readVersion(cursor, 'a request for a session key')
    const clientChallenge = cursor.readBigUInt64LE()
    const proof = cursor.readBigUInt64LE()
    const oldTicket = ticketBlobCodec.decode(cursor)
    return { version, clientChallenge, proof, oldTicket, otherKeys: version >= 2 ? cursor.readUInt32LE() : 0 }
  },
}

const secretBlob = limitedBytes('connection secret', AuthLimits.maxSealedBytes)
const ticketsBlob = limitedBytes('extra tickets', AuthLimits.maxPayloadBytes)

/**
 * Tickets, then the sealed connection secret (blob) and further tickets (blob), which may be missing altogether. The
 * u16 of the request and the s32 of the result stand before it.
 * Ceph: src/auth/cephx/CephxServiceHandler.cc, handle_request
 */
export const sessionKeyReplyCodec: Codec<SessionKeyReply> = {
  minLength: 5,
  encode: (encoder, { tickets, connectionSecret, extraTickets }) => {
    ticketReplyCodec.encode(encoder, tickets)
    const hasSecret = connectionSecret.length > 0
    encoder.writeUInt32LE(hasSecret ? 4 + connectionSecret.length : 0)
    if (hasSecret) sealedBytes.encode(encoder, connectionSecret)
    const hasExtra = extraTickets.length > 0
    encoder.writeSizedBytes(hasExtra ? encodeToBytes(ticketReplyCodec, extraTickets) : new Uint8Array(0))
  },
  decode: (cursor) => {
    const tickets = ticketReplyCodec.decode(cursor)
    if (cursor.isAtEnd) return { tickets, connectionSecret: new Uint8Array(0), extraTickets: [] }
    const secret = secretBlob.decode(cursor)
    const extra = ticketsBlob.decode(cursor)
    return {
      tickets,
      connectionSecret: secret.length === 0 ? secret : decodeFromBytes(sealedBytes, secret),
      extraTickets: extra.length === 0 ? [] : decodeFromBytes(ticketReplyCodec, extra),
    }
  },
}

/** Authorizer for the service `auth`, version u8 1, services u32. The u16 of the request stands before it. */
export const ticketsRequestCodec: Codec<TicketsRequest> = {
  minLength: 35,
  encode: (encoder, { authorizer, services }) => {
    cephxAuthorizerCodec.encode(encoder, authorizer)
    encoder.writeUInt8(1).writeUInt32LE(services)
  },
  decode: (cursor) => {
    const authorizer = cephxAuthorizerCodec.decode(cursor)
    readVersion(cursor, 'a request for tickets')
    return { authorizer, services: cursor.readUInt32LE() }
  },
}

/** The codec of a request with the number that goes before it. Decoding throws for another request. */
export function requestOf<T>(request: number, body: Codec<T>): Codec<T> {
  return {
    minLength: 2 + body.minLength,
    encode: (encoder, value) => {
      encoder.writeUInt16LE(request)
      body.encode(encoder, value)
    },
    decode: (cursor) => {
      checkRequest(cursor.readUInt16LE(), request)
      return body.decode(cursor)
    },
  }
}

/** The codec of the answer to a request: its number u16 and a result s32, which is 0, go before what is answered. */
export function replyOf<T>(request: number, body: Codec<T>): Codec<T> {
  return {
    minLength: 6 + body.minLength,
    encode: (encoder, value) => {
      encoder.writeUInt16LE(request)
      int32.encode(encoder, 0)
      body.encode(encoder, value)
    },
    decode: (cursor) => {
      checkRequest(cursor.readUInt16LE(), request)
      const result = cursor.readInt32LE()
      if (result !== 0) throw new AuthRefusedError(result, `the monitor refuses request 0x${request.toString(16)}`)
      return body.decode(cursor)
    },
  }
}

function checkRequest(request: number, expected: number): void {
  if (request === expected) return
  throw new MalformedInputError(`request: expected ${expected}, got ${request}`, { request, expected })
}
