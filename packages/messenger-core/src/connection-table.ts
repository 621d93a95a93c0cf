import type { EntityAddr } from '@msgr/message'
import type { HeldConnection } from './held-connection.ts'

/**
 * Every connection of a messenger: those that can be found by their peer's address, those that stand for themselves,
 * and those whose handshake is not over. Ceph: src/msg/async/AsyncMessenger.h, conns, anon_conns, accepting_conns
 */
export class ConnectionTable<C extends HeldConnection> {
  readonly #byAddr = new Map<string, C>()
  readonly #anonymous = new Set<C>()
  readonly #accepting = new Set<C>()

  /** Connections whose handshake is not over. */
  get acceptingCount(): number {
    return this.#accepting.size
  }

  /** The one among them that has taken longest. */
  get oldestAccepting(): C | undefined {
    const [oldest] = this.#accepting
    return oldest
  }

  get size(): number {
    return this.#byAddr.size + this.#anonymous.size + this.#accepting.size
  }

  find(addr: EntityAddr): C | undefined {
    return this.#byAddr.get(addr.key)
  }

  /**
   * From now on `find` gives it for its peer's address, whatever it gave before; one that is anonymous it never gives.
   */
  add(connection: C, isAnonymous: boolean): void {
    this.#accepting.delete(connection)
    if (isAnonymous) {
      this.#anonymous.add(connection)
      return
    }
    this.#anonymous.delete(connection)
    this.#byAddr.set(connection.peerAddr.key, connection)
  }

  addAccepting(connection: C): void {
    this.#accepting.add(connection)
  }

  remove(connection: C): void {
    this.#accepting.delete(connection)
    this.#anonymous.delete(connection)
    const key = connection.peerAddr.key
    if (this.#byAddr.get(key) === connection) this.#byAddr.delete(key)
  }

  /** A snapshot, which changes while connections are closed do not disturb. */
  all(): C[] {
    return [...this.#accepting, ...this.#byAddr.values(), ...this.#anonymous]
  }
}
