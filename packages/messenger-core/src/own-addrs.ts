import { EntityAddr, EntityAddrVec } from '@msgr/message'

/**
 * Where peers find a messenger, as far as it knows. One that is not bound has no port, and learns its IP from the
 * first peer that tells it. Ceph: src/msg/async/AsyncMessenger.cc, learned_addr and set_addr_unknowns
 */
export class OwnAddrs {
  #nonce: number
  #bound = new EntityAddrVec()
  /** Ours as seen from elsewhere, while we are not bound to an IP. */
  #learned: EntityAddr | undefined

  constructor(nonce: number) {
    this.#nonce = nonce
  }

  get nonce(): number {
    return this.#nonce
  }

  /** Goes by another nonce, as another incarnation, and is bound no more. */
  renew(nonce: number): void {
    this.#nonce = nonce
    this.#bound = new EntityAddrVec()
  }

  /** The types and ports are those listened at; the nonces become ours. */
  bind(addrs: Iterable<EntityAddr>): void {
    this.#bound = new EntityAddrVec([...addrs].map((addr) => addr.with({ nonce: this.#nonce })))
    if (this.#learned !== undefined) this.learn(this.#learned)
  }

  /** Fills in our own IP where we do not know it yet: it is the one a peer sees. The first caller wins. */
  learn(seen: EntityAddr): void {
    if (seen.isBlankIp) return
    this.#learned ??= seen
    const { family, ip, flowInfo, scopeId } = this.#learned
    const fill = (addr: EntityAddr): EntityAddr =>
      addr.isBlankIp ? addr.with({ family, ip, flowInfo, scopeId }) : addr
    this.#bound = new EntityAddrVec([...this.#bound].map(fill))
  }

  /** All of them, as version 2 tells its peers: without any that we are bound to, one that nobody can dial. */
  get all(): EntityAddrVec {
    return this.#bound.length > 0 ? this.#bound : new EntityAddrVec([this.#unbound('any')])
  }

  /** The one that version 1 tells its peers; without a port if we do not listen there. */
  get legacy(): EntityAddr {
    const addr = this.#bound.legacyAddr()
    return addr.type === 'v1' ? addr : this.#unbound('v1')
  }

  #unbound(type: 'v1' | 'any'): EntityAddr {
    const known = this.#bound.front.isBlankIp ? this.#learned : this.#bound.front
    if (known === undefined) return new EntityAddr({ type, nonce: this.#nonce })
    return known.with({ type, port: 0, nonce: this.#nonce })
  }
}
