import type { EntityAddr } from '@msgr/message'
import type { SessionConnection } from './session-connection.ts'

/**
 * Every connection of a messenger: those that can be found by their peer's address, those that stand for themselves,
 * and those whose handshake is not over. Ceph: src/msg/async/AsyncMessenger.h, conns, anon_conns, accepting_conns
 */
export class ConnectionTable {
  readonly #byAddr = new Map<string, SessionConnection>()
  readonly #anonymous = new Set<SessionConnection>()
  readonly #accepting = new Set<SessionConnection>()

  /** Connections whose handshake is not over. */
  get acceptingCount(): number {
    return this.#accepting.size
  }

  /** The one among them that has taken longest. */
  get oldestAccepting(): SessionConnection | undefined {
    const [oldest] = this.#accepting
    return oldest
  }

  get size(): number {
    return this.#byAddr.size + this.#anonymous.size + this.#accepting.size
  }

  find(addr: EntityAddr): SessionConnection | undefined {
    return this.#byAddr.get(addr.key)
  }

  /** From now on `find` gives it for its peer's address, whatever it gave before. */
  register(connection: SessionConnection): void {
    this.#accepting.delete(connection)
    this.#anonymous.delete(connection)
    this.#byAddr.set(connection.peerAddr.key, connection)
  }

  addAnonymous(connection: SessionConnection): void {
    this.#accepting.delete(connection)
    this.#anonymous.add(connection)
  }

  addAccepting(connection: SessionConnection): void {
    this.#accepting.add(connection)
  }

  remove(connection: SessionConnection): void {
    this.#accepting.delete(connection)
    this.#anonymous.delete(connection)
    const key = connection.peerAddr.key
    if (this.#byAddr.get(key) === connection) this.#byAddr.delete(key)
  }

  /** A snapshot, which changes while connections are closed do not disturb. */
  all(): SessionConnection[] {
    return [...this.#accepting, ...this.#byAddr.values(), ...this.#anonymous]
  }
}
