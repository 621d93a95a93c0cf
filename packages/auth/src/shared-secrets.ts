import { createHash } from 'node:crypto'
import { addUTime, utimeFromMs, utimeFromSeconds } from '@msgr/bufferlist'
import { entityTypeName } from '@msgr/message'
import { CryptoKey } from './crypto-key.ts'
import { KeyringError } from './errors.ts'
import { type HeldTicket } from './held-tickets.ts'
import { KeyUsage } from './key-usage.ts'
import { type Keyring } from './keyring.ts'
import { type PrincipalName } from './principal-name.ts'
import { type RandomBytes, secureRandom } from './random-bytes.ts'
import { seal } from './seal.ts'
import { OWN_SECRET_ID, type ServiceSecret, type ServiceSecrets } from './service-secrets.ts'
import { serviceTicketInfoCodec } from './ticket-structs.ts'

/**
 * For a server that knows the secrets of its clients, and needs no monitor: its clients make their own tickets, sealed
 * with their own secrets, and the server finds the secret by the id in the ticket. On the wire it is cephx as ever; but
 * only this package makes and takes such tickets. What a client may do stands in the keyring of the server.
 */
export class SharedSecrets implements ServiceSecrets {
  readonly #secrets = new Map<bigint, ServiceSecret>()

  /** `serviceId` chooses the caps that count: those for `osd` if the server is an OSD to its clients. */
  constructor(keyring: Keyring, serviceId: number) {
    const service = entityTypeName(serviceId)
    for (const { name, key, caps } of keyring) {
      const id = secretIdOf(name)
      const rival = this.#secrets.get(id)?.owner
      if (rival !== undefined) {
        throw new KeyringError({ path: 'keyring' }, `${name.toString()} and ${rival.name.toString()}: same secret id`)
      }
      this.#secrets.set(id, { key, owner: { name, caps: { allowAll: false, caps: caps.get(service) ?? '' } } })
    }
  }

  find(secretId: bigint): ServiceSecret | undefined {
    return this.#secrets.get(secretId)
  }
}

/** What a ticket of one's own is made from. */
export interface OwnTicketRequest {
  readonly name: PrincipalName
  readonly key: CryptoKey
  readonly serviceId: number
  readonly globalId: bigint
  readonly nowMs: number
  readonly lifetimeSeconds: number
  readonly random?: RandomBytes
}

/** A ticket that its owner made, for servers with `SharedSecrets`. */
export function makeOwnTicket(request: OwnTicketRequest): HeldTicket {
  const { name, key, serviceId, globalId, nowMs, lifetimeSeconds, random = secureRandom } = request
  const created = utimeFromMs(nowMs)
  const sessionKey = CryptoKey.generate({ type: key.type, created, random })
  const expires = addUTime(created, utimeFromSeconds(lifetimeSeconds))
  const ticket = { name, globalId, created, expires, caps: { allowAll: false, caps: '' } }
  const sealed = seal({ key, usage: KeyUsage.ticketInfo }, serviceTicketInfoCodec, { ticket, sessionKey }, random)
  const blob = { secretId: secretIdOf(name), sealed }
  const lifetimeMs = lifetimeSeconds * 1000
  return { serviceId, sessionKey, blob, renewAfterMs: nowMs + lifetimeMs * 0.75, validUntilMs: nowMs + lifetimeMs }
}

/** Derived from the name, so that it need not be agreed upon. */
function secretIdOf(name: PrincipalName): bigint {
  const hash = createHash('sha256').update(`msgr shared secret of ${name.toString()}`).digest()
  const id = hash.readBigUInt64LE(0)
  return id === OWN_SECRET_ID ? 0n : id
}
