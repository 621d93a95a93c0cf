import { eventfd, eventfdRead, watch, type Watch } from '@msgr/posix'

/** What a wake-up of this thread is for. */
export type WakeListener = () => void

/**
 * The descriptor through which other threads wake this one, while it is in Node's event loop. There is one for each
 * thread and for as long as that lives, as throttles remember it that outlive the messenger which shared them.
 */
export class WakeHub {
  static #ofThisThread: WakeHub | undefined

  readonly fd: number
  readonly #watch: Watch
  readonly #listeners = new Set<WakeListener>()
  #keepAliveCount = 0

  static get ofThisThread(): WakeHub {
    return (WakeHub.#ofThisThread ??= new WakeHub())
  }

  private constructor() {
    this.fd = eventfd()
    this.#watch = watch(this.fd, () => {
      eventfdRead(this.fd)
      for (const listener of this.#listeners) listener()
    })
    this.#watch.unref()
  }

  add(listener: WakeListener): void {
    this.#listeners.add(listener)
  }

  remove(listener: WakeListener): void {
    this.#listeners.delete(listener)
  }

  /** While anyone wants it, the process stays alive. */
  keepAlive(isWanted: boolean): void {
    this.#keepAliveCount += isWanted ? 1 : -1
    if (this.#keepAliveCount > 0) this.#watch.ref()
    else this.#watch.unref()
  }
}
