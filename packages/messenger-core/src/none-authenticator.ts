import { BufferEncoder, BufferList } from '@msgr/bufferlist'
import { EntityType, type EntityName } from '@msgr/message'
import { AuthProtocol, NO_AUTHORIZER, type Authorizer, type AuthorizerVerdict } from '@msgr/msgr-protocol'
import type { Authenticator, HandshakeContext } from './authenticator.ts'

const NO_BYTES = new Uint8Array(0)
/** What the first byte says the rest is for: to open a session with a service, or to log in to a monitor. */
const MODE_AUTHORIZER = 1
const MODE_MON = 10

/** The refusal that tells what would be taken: -95, EOPNOTSUPP. */
const WRONG_METHOD: AuthorizerVerdict = { kind: 'refused', result: -95, methods: [AuthProtocol.none] }

/**
 * Method "none": everyone says who he is and is believed. In version 1 a monitor is shown nothing by those who are
 * none, as it does not ask at this point. Ceph: src/auth/none/AuthNoneProtocol.h
 */
export class NoneAuthenticator implements Authenticator {
  readonly #name: EntityName
  readonly #requireAuthorizer: boolean
  #nextGlobalId = 1n

  /** `requireAuthorizer`: refuse a peer that shows nothing, as Ceph's daemons do except to clients of a monitor. */
  constructor(name: EntityName, options: { requireAuthorizer?: boolean } = {}) {
    this.#name = name
    this.#requireAuthorizer = options.requireAuthorizer ?? false
  }

  getAuthorizer(peerType: number, _challenge?: Uint8Array, context?: Pick<HandshakeContext, 'wire'>): Authorizer {
    const asksMon = peerType === EntityType.mon && this.#name.type !== EntityType.mon
    if (asksMon && context?.wire !== 'v2') return NO_AUTHORIZER
    return { protocol: AuthProtocol.none, bytes: encodeClaim(asksMon ? MODE_MON : MODE_AUTHORIZER, this.#name) }
  }

  verifyAuthorizer(
    _peerType: number,
    authorizer: Authorizer,
    context?: Pick<HandshakeContext, 'wire'>,
  ): AuthorizerVerdict {
    const isNothing = authorizer.protocol === AuthProtocol.unknown && authorizer.bytes.length === 0
    if (isNothing && context?.wire !== 'v2') {
      return this.#requireAuthorizer ? { kind: 'refused' } : { kind: 'accepted', reply: NO_BYTES }
    }
    if (authorizer.protocol !== AuthProtocol.none) return WRONG_METHOD
    const claimed = readGlobalId(authorizer.bytes)
    if (claimed === undefined) return { kind: 'refused' }
    return { kind: 'accepted', reply: NO_BYTES, globalId: claimed === 0n ? this.#nextGlobalId++ : claimed }
  }
}

/**
 * What it is for u8, entity type u32, id (string), global id u64: `01 04000000 01000000 39 0000000000000000` is osd.9,
 * who wants to open a session.
 */
function encodeClaim(mode: number, name: EntityName): Uint8Array {
  const encoder = new BufferEncoder()
  encoder.writeUInt8(mode)
  encoder.writeUInt32LE(name.type)
  encoder.writeString(name.num < 0 ? 'admin' : String(name.num))
  encoder.writeBigUInt64LE(0n)
  return encoder.toBufferList().toContiguous()
}

/** The global id of a claim, or `undefined` if it is none. */
function readGlobalId(bytes: Uint8Array): bigint | undefined {
  try {
    const cursor = new BufferList(bytes).cursor()
    const mode = cursor.readUInt8()
    cursor.readUInt32LE()
    cursor.readString()
    const globalId = cursor.readBigUInt64LE()
    return mode === MODE_AUTHORIZER || mode === MODE_MON ? globalId : undefined
  } catch {
    return undefined
  }
}
