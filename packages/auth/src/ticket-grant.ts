import { type Codec } from '@msgr/bufferlist'
import { type CryptoKey } from './crypto-key.ts'
import { AuthProtocolError } from './errors.ts'
import { KeyUsage } from './key-usage.ts'
import { AuthLimits, limitedVector } from './limits.ts'
import { decodeFromBytes, encodeToBytes, readPayload, readVersion } from './payload-codec.ts'
import { type RandomBytes } from './random-bytes.ts'
import { seal, sealedBytes, unseal } from './seal.ts'
import { type ServiceTicket, serviceTicketCodec, type TicketBlob, ticketBlobCodec } from './ticket-structs.ts'

/** One ticket as it comes from a monitor: both its parts, sealed as they are on the wire. */
export interface TicketGrant {
  /** The kind of service it is for: one of `EntityType`. */
  readonly serviceId: number
  /** A `ServiceTicket`, sealed for the owner. */
  readonly sealedTicket: Uint8Array
  /** Whether `blob` is sealed too, with the session key of the ticket that this one replaces. */
  readonly isBlobSealed: boolean
  /** A `TicketBlob`, as it is or sealed. */
  readonly blob: Uint8Array
}

/** A ticket in the hands of whoever may open it. */
export interface GrantedTicket {
  readonly serviceId: number
  readonly ticket: ServiceTicket
  readonly blob: TicketBlob
}

/** Who can open a grant. */
export interface GrantKeys {
  /** The owner's secret for the ticket of the monitors themselves; the session key of that one for all others. */
  readonly principalKey: CryptoKey
  /** The session key of the ticket that is replaced. */
  readonly oldSessionKey?: CryptoKey | undefined
}

const grantCodec: Codec<TicketGrant> = {
  minLength: 14,
  encode: (encoder, { serviceId, sealedTicket, isBlobSealed, blob }) => {
    encoder.writeUInt32LE(serviceId).writeUInt8(1)
    sealedBytes.encode(encoder, sealedTicket)
    encoder.writeBoolean(isBlobSealed)
    sealedBytes.encode(encoder, blob)
  },
  decode: (cursor) => {
    const serviceId = cursor.readUInt32LE()
    readVersion(cursor, 'a ticket grant')
    const sealedTicket = sealedBytes.decode(cursor)
    const isBlobSealed = cursor.readBoolean()
    return { serviceId, sealedTicket, isBlobSealed, blob: sealedBytes.decode(cursor) }
  },
}

const grantsCodec = limitedVector('tickets', grantCodec, AuthLimits.maxTickets)

/**
 * Version u8 1, count u32, and for each ticket: service id u32, version u8 1, sealed ticket (blob), whether the rest is
 * sealed u8, ticket (blob). Ceph: src/auth/cephx/CephxProtocol.cc, cephx_build_service_ticket_reply
 */
export const ticketReplyCodec: Codec<readonly TicketGrant[]> = {
  minLength: 5,
  encode: (encoder, grants) => {
    encoder.writeUInt8(1)
    grantsCodec.encode(encoder, grants)
  },
  decode: (cursor) => {
    readVersion(cursor, 'a ticket reply')
    return grantsCodec.decode(cursor)
  },
}

/** Under the seal of an old session key the ticket has one more length before it. */
const nestedBlobCodec: Codec<TicketBlob> = {
  minLength: 4 + ticketBlobCodec.minLength,
  encode: (encoder, blob) => {
    sealedBytes.encode(encoder, encodeToBytes(ticketBlobCodec, blob))
  },
  decode: (cursor) => decodeFromBytes(ticketBlobCodec, sealedBytes.decode(cursor)),
}

/** Seals a ticket for its owner. */
export function sealGrant(granted: GrantedTicket, keys: GrantKeys, random?: RandomBytes): TicketGrant {
  const { serviceId, ticket, blob } = granted
  const { principalKey, oldSessionKey } = keys
  return {
    serviceId,
    sealedTicket: seal({ key: principalKey, usage: KeyUsage.serviceTicket }, serviceTicketCodec, ticket, random),
    isBlobSealed: oldSessionKey !== undefined,
    blob:
      oldSessionKey === undefined
        ? encodeToBytes(ticketBlobCodec, blob)
        : seal({ key: oldSessionKey, usage: KeyUsage.ticketBlob }, nestedBlobCodec, blob, random),
  }
}

/** Opens a ticket. Throws `SealError`, or `AuthProtocolError` for a ticket that is none. */
export function openGrant(grant: TicketGrant, { principalKey, oldSessionKey }: GrantKeys): GrantedTicket {
  const { serviceId, sealedTicket, isBlobSealed, blob } = grant
  const ticket = unseal({ key: principalKey, usage: KeyUsage.serviceTicket }, serviceTicketCodec, sealedTicket)
  if (!isBlobSealed) return { serviceId, ticket, blob: readPayload('ticket', ticketBlobCodec, blob) }
  if (oldSessionKey === undefined) {
    throw new AuthProtocolError('ticket: expected an open one, got one sealed with a session key we never had')
  }
  const opened = unseal({ key: oldSessionKey, usage: KeyUsage.ticketBlob }, nestedBlobCodec, blob)
  return { serviceId, ticket, blob: opened }
}
