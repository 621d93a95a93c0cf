import { BufferEncoder, BufferList, type Codec, type UTime, utime } from '@msgr/bufferlist'
import { type CryptoKey, cryptoKeyCodec } from './crypto-key.ts'
import { AuthLimits, limitedBytes } from './limits.ts'
import { readVersion } from './payload-codec.ts'
import { type PrincipalName, principalNameCodec } from './principal-name.ts'
import { sealedBytes } from './seal.ts'

/** Written where there once was a user id. */
const NO_UID = (1n << 64n) - 1n

/** What the owner of a ticket learns. Ceph: src/auth/cephx/CephxProtocol.h, CephXServiceTicket */
export interface ServiceTicket {
  readonly sessionKey: CryptoKey
  /** How long it is good for, counted from when it comes. */
  readonly validity: UTime
}

/** What somebody may do with one kind of service. Ceph: src/auth/Auth.h, AuthCapsInfo */
export interface CapsInfo {
  /** Everything, whatever `caps` say: what method none gives. */
  readonly allowAll: boolean
  /** `allow *`, `allow rw pool=x`; empty for none. */
  readonly caps: string
}

/** Whom a ticket is for. Ceph: src/auth/Auth.h, AuthTicket */
export interface AuthTicket {
  readonly name: PrincipalName
  readonly globalId: bigint
  readonly created: UTime
  readonly expires: UTime
  readonly caps: CapsInfo
}

/** What a service reads in a ticket. Ceph: src/auth/cephx/CephxProtocol.h, CephXServiceTicketInfo */
export interface ServiceTicketInfo {
  readonly ticket: AuthTicket
  readonly sessionKey: CryptoKey
}

/** What the owner of a ticket hands on and cannot read. Ceph: src/auth/cephx/CephxProtocol.h, CephXTicketBlob */
export interface TicketBlob {
  /** The service's secret that it is sealed with. */
  readonly secretId: bigint
  /** A sealed `ServiceTicketInfo`. */
  readonly sealed: Uint8Array
}

/** No ticket. */
export const EMPTY_TICKET_BLOB: TicketBlob = { secretId: 0n, sealed: new Uint8Array(0) }

/** Version u8 1, session key, validity utime. */
export const serviceTicketCodec: Codec<ServiceTicket> = {
  minLength: 21,
  encode: (encoder, { sessionKey, validity }) => {
    encoder.writeUInt8(1)
    cryptoKeyCodec.encode(encoder, sessionKey)
    utime.encode(encoder, validity)
  },
  decode: (cursor) => {
    readVersion(cursor, 'a service ticket')
    const sessionKey = cryptoKeyCodec.decode(cursor)
    return { sessionKey, validity: utime.decode(cursor) }
  },
}

const capsBytes = limitedBytes('caps', AuthLimits.maxCapsBytes)

/** Version u8 1, allow all u8, blob of a string. Empty caps are an empty blob, as in Ceph. */
export const capsInfoCodec: Codec<CapsInfo> = {
  minLength: 6,
  encode: (encoder, { allowAll, caps }) => {
    encoder.writeUInt8(1).writeBoolean(allowAll)
    encoder.writeSizedList(caps === '' ? new BufferList() : new BufferEncoder().writeString(caps).toBufferList())
  },
  decode: (cursor) => {
    readVersion(cursor, 'caps')
    const allowAll = cursor.readBoolean()
    const bytes = capsBytes.decode(cursor)
    return { allowAll, caps: bytes.length === 0 ? '' : new BufferList(bytes).cursor().readString() }
  },
}

/** Version u8 2, name, global id u64, obsolete uid u64 (not in version 1), created and expires utime, caps, flags u32. */
export const authTicketCodec: Codec<AuthTicket> = {
  minLength: 43,
  encode: (encoder, { name, globalId, created, expires, caps }) => {
    encoder.writeUInt8(2)
    principalNameCodec.encode(encoder, name)
    encoder.writeBigUInt64LE(globalId).writeBigUInt64LE(NO_UID)
    utime.encode(encoder, created)
    utime.encode(encoder, expires)
    capsInfoCodec.encode(encoder, caps)
    encoder.writeUInt32LE(0)
  },
  decode: (cursor) => {
    const version = readVersion(cursor, 'an auth ticket')
    const name = principalNameCodec.decode(cursor)
    const globalId = cursor.readBigUInt64LE()
    if (version >= 2) cursor.readBigUInt64LE()
    const created = utime.decode(cursor)
    const expires = utime.decode(cursor)
    const caps = capsInfoCodec.decode(cursor)
    cursor.readUInt32LE()
    return { name, globalId, created, expires, caps }
  },
}

/** Version u8 1, auth ticket, session key. */
export const serviceTicketInfoCodec: Codec<ServiceTicketInfo> = {
  minLength: 56,
  encode: (encoder, { ticket, sessionKey }) => {
    encoder.writeUInt8(1)
    authTicketCodec.encode(encoder, ticket)
    cryptoKeyCodec.encode(encoder, sessionKey)
  },
  decode: (cursor) => {
    readVersion(cursor, 'a service ticket info')
    const ticket = authTicketCodec.decode(cursor)
    return { ticket, sessionKey: cryptoKeyCodec.decode(cursor) }
  },
}

/** Version u8 1, secret id u64, blob. */
export const ticketBlobCodec: Codec<TicketBlob> = {
  minLength: 13,
  encode: (encoder, { secretId, sealed }) => {
    encoder.writeUInt8(1).writeBigUInt64LE(secretId)
    sealedBytes.encode(encoder, sealed)
  },
  decode: (cursor) => {
    readVersion(cursor, 'a ticket')
    const secretId = cursor.readBigUInt64LE()
    return { secretId, sealed: sealedBytes.decode(cursor) }
  },
}
