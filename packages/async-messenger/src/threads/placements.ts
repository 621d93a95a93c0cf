import type { OpThread } from './op-thread.ts'
import type { ThreadConnection } from './thread-connection.ts'

interface Placement {
  readonly home: OpThread
  count: number
}

/**
 * On which thread the sessions with a peer's address live: all on the same one, so that it can decide alone between a
 * session that is held and one that is asked for.
 */
export class Placements {
  readonly #byKey = new Map<string, Placement>()

  homeOf(key: string): OpThread | undefined {
    return this.#byKey.get(key)?.home
  }

  /** From now on, and for as long as this connection is there, sessions with that address live where it does. */
  place(connection: ThreadConnection, key: string): void {
    this.remove(connection)
    const placement = this.#byKey.get(key) ?? { home: connection.home, count: 0 }
    placement.count++
    this.#byKey.set(key, placement)
    connection.placedAs = key
  }

  remove(connection: ThreadConnection): void {
    const { placedAs } = connection
    if (placedAs === undefined) return
    connection.placedAs = undefined
    const placement = this.#byKey.get(placedAs)
    if (placement !== undefined && --placement.count === 0) this.#byKey.delete(placedAs)
  }
}
