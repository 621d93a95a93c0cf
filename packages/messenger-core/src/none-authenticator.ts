import { BufferEncoder, BufferList } from '@msgr/bufferlist'
import { EntityType, type EntityName } from '@msgr/message'
import { AuthProtocol, NO_AUTHORIZER, type Authorizer, type AuthorizerVerdict } from '@msgr/msgr-protocol'
import type { Authenticator } from './authenticator.ts'

const NO_BYTES = new Uint8Array(0)

/**
 * Method "none": everyone says who he is and is believed. A monitor is shown nothing by those who are none, as it
 * does not ask at this point. Ceph: src/auth/none/AuthNoneProtocol.h
 */
export class NoneAuthenticator implements Authenticator {
  readonly #name: EntityName
  readonly #requireAuthorizer: boolean

  /** `requireAuthorizer`: refuse a peer that shows nothing, as Ceph's daemons do except to clients of a monitor. */
  constructor(name: EntityName, options: { requireAuthorizer?: boolean } = {}) {
    this.#name = name
    this.#requireAuthorizer = options.requireAuthorizer ?? false
  }

  getAuthorizer(peerType: number): Authorizer {
    if (peerType === EntityType.mon && this.#name.type !== EntityType.mon) return NO_AUTHORIZER
    return { protocol: AuthProtocol.none, bytes: encodeNoneAuthorizer(this.#name) }
  }

  verifyAuthorizer(_peerType: number, authorizer: Authorizer): AuthorizerVerdict {
    if (authorizer.protocol === AuthProtocol.unknown && authorizer.bytes.length === 0) {
      return this.#requireAuthorizer ? { kind: 'refused' } : { kind: 'accepted', reply: NO_BYTES }
    }
    const isGood = authorizer.protocol === AuthProtocol.none && isNoneAuthorizer(authorizer.bytes)
    return isGood ? { kind: 'accepted', reply: NO_BYTES } : { kind: 'refused' }
  }
}

/** Version u8 1, entity type u32, id (string), global id u64: `01 04000000 01000000 39 0000000000000000` is osd.9. */
function encodeNoneAuthorizer(name: EntityName): Uint8Array {
  const encoder = new BufferEncoder()
  encoder.writeUInt8(1)
  encoder.writeUInt32LE(name.type)
  encoder.writeString(name.num < 0 ? 'admin' : String(name.num))
  encoder.writeBigUInt64LE(0n)
  return encoder.toBufferList().toContiguous()
}

function isNoneAuthorizer(bytes: Uint8Array): boolean {
  try {
    const cursor = new BufferList(bytes).cursor()
    const version = cursor.readUInt8()
    cursor.readUInt32LE()
    cursor.readString()
    cursor.readBigUInt64LE()
    return version === 1
  } catch {
    return false
  }
}
