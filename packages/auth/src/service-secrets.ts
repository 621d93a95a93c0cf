import { addUTime, compareUTime, utimeFromMs, utimeFromSeconds } from '@msgr/bufferlist'
import { CryptoKey } from './crypto-key.ts'
import { KeyType } from './key-cipher.ts'
import { type PrincipalName } from './principal-name.ts'
import { type RandomBytes, secureRandom } from './random-bytes.ts'
import { type ExpiringKey, type RotatingSecrets } from './rotating-secrets.ts'
import { type CapsInfo } from './ticket-structs.ts'

/** Stands for the service's own secret, which does not rotate. */
export const OWN_SECRET_ID: bigint = (1n << 64n) - 1n
/** The last, the present and the next. */
const KEPT_SECRETS = 3

/** What opens a ticket. */
export interface ServiceSecret {
  readonly key: CryptoKey
  /** Whose ticket it must be, and what he may do, if the secret is his own and the ticket of his own making. */
  readonly owner?: { readonly name: PrincipalName; readonly caps: CapsInfo } | undefined
}

/** Finds the secret that a ticket was sealed with. */
export interface ServiceSecrets {
  find(secretId: bigint): ServiceSecret | undefined
}

/**
 * The secrets of one kind of service, which come and go: what a key server seals tickets with, and what services open
 * them with. A service that is not with its key server in one process gets them by `update`.
 * Ceph: src/auth/RotatingKeyRing.h; src/auth/cephx/CephxKeyServer.cc, _rotate_secret
 */
export class RotatingKeys implements ServiceSecrets {
  readonly #secrets = new Map<bigint, ExpiringKey>()
  readonly #ownKey: CryptoKey | undefined
  #maxVersion = 0n

  /** `ownKey`: the service's secret that does not rotate; tickets may be sealed with that as well. */
  constructor(options: { ownKey?: CryptoKey } = {}) {
    this.#ownKey = options.ownKey
  }

  /** Takes over what a key server has sent. What it does not list any more opens no ticket any more. */
  update({ secrets, maxVersion }: RotatingSecrets): void {
    this.#secrets.clear()
    for (const [id, secret] of secrets) this.#secrets.set(id, secret)
    this.#maxVersion = maxVersion
  }

  /** What a service is sent. */
  snapshot(): RotatingSecrets {
    return { secrets: new Map(this.#secrets), maxVersion: this.#maxVersion }
  }

  find(secretId: bigint): ServiceSecret | undefined {
    const key = secretId === OWN_SECRET_ID ? this.#ownKey : this.#secrets.get(secretId)?.key
    return key === undefined ? undefined : { key }
  }

  /** What new tickets are sealed with: not the newest one, which not every service may have heard of. */
  get current(): { id: bigint; key: CryptoKey } | undefined {
    const entries = [...this.#secrets]
    const entry = entries[Math.max(0, entries.length - 2)]
    return entry === undefined ? undefined : { id: entry[0], key: entry[1].key }
  }

  /**
   * Sees to it that there are three secrets and that the present one has not expired. `lifetimeSeconds` is that of
   * tickets. `type` defaults to AES256KRB5 (2): services of Ceph before 19.2.6 need AES (1).
   */
  rotate(nowMs: number, lifetimeSeconds: number, options: { type?: number; random?: RandomBytes } = {}): void {
    const { type = KeyType.aes256Krb5, random = secureRandom } = options
    const now = utimeFromMs(nowMs)
    const lifetime = utimeFromSeconds(lifetimeSeconds)
    const inOneLifetime = addUTime(now, lifetime)
    if (!(lifetimeSeconds > 0))
      throw new RangeError(`lifetime of tickets: expected more than 0, got ${lifetimeSeconds}`)
    // After three rounds all of them are new.
    for (let round = 0; round < KEPT_SECRETS && this.#needsAnother(nowMs); round++) {
      const newest = [...this.#secrets.values()].at(-1)
      const isLate = newest === undefined || compareUTime(newest.expiration, inOneLifetime) < 0
      const start = newest === undefined ? now : isLate ? inOneLifetime : newest.expiration
      const key = CryptoKey.generate({ type, created: now, random })
      this.#secrets.set(++this.#maxVersion, { key, expiration: addUTime(start, lifetime) })
      const [oldest] = this.#secrets.keys()
      if (this.#secrets.size > KEPT_SECRETS && oldest !== undefined) this.#secrets.delete(oldest)
    }
  }

  #needsAnother(nowMs: number): boolean {
    if (this.#secrets.size < KEPT_SECRETS) return true
    const present = [...this.#secrets.values()].at(-2)
    return present !== undefined && compareUTime(present.expiration, utimeFromMs(nowMs)) <= 0
  }
}
