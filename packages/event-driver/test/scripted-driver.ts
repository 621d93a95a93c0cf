import { EVENT_READABLE, EVENT_WRITABLE, type EventDriver } from '../src/index.ts'

/**
 * A driver whose descriptors are numbers and whose time is a variable: a descriptor is ready when a test says so, and a
 * wait moves the clock to the next thing that a test has planned. Level triggered, as every driver is.
 */
export class ScriptedDriver implements EventDriver {
  readonly name = 'scripted'
  readonly pollFd = undefined
  readonly fired: Int32Array = new Int32Array(2 * 1024)
  /** The virtual clock. */
  nowMs = 1_000
  /** How long each wait takes, whatever comes of it. */
  costMs = 0
  /** The timeout of each wait so far. */
  readonly waits: number[] = []
  /** The argument of each `resizeEvents` so far. */
  readonly resizes: number[] = []
  /** Each call of `addEvent` and `delEvent` so far, with its arguments. */
  readonly changes: [what: 'add' | 'del', fd: number, currentMask: number, mask: number][] = []
  closeCount = 0
  readonly #watched = new Map<number, number>()
  readonly #ready = new Map<number, number>()
  #planned: { atMs: number; act: () => void }[] = []

  readonly now = (): number => this.nowMs

  /** Makes `fd` ready for `mask`, until told otherwise. Descriptors fire in the order in which they became ready. */
  setReady(fd: number, mask: number): void {
    this.#ready.delete(fd)
    if (mask !== 0) this.#ready.set(fd, mask)
  }

  /** Has something happen `delayMs` from now, during a wait that reaches so far. */
  plan(delayMs: number, act: () => void): void {
    this.#planned.push({ atMs: this.nowMs + delayMs, act })
    this.#planned.sort((a, b) => a.atMs - b.atMs)
  }

  addEvent(fd: number, currentMask: number, mask: number): void {
    this.#assertCurrent(fd, currentMask)
    this.changes.push(['add', fd, currentMask, mask])
    this.#watched.set(fd, currentMask | mask)
  }

  delEvent(fd: number, currentMask: number, delMask: number): void {
    this.#assertCurrent(fd, currentMask)
    this.changes.push(['del', fd, currentMask, delMask])
    this.#watched.set(fd, currentMask & ~delMask)
  }

  eventWait(timeoutMs: number): number {
    this.waits.push(timeoutMs)
    this.nowMs += this.costMs
    const endMs = this.nowMs + timeoutMs
    for (;;) {
      const count = this.#collect()
      const next = this.#planned[0]
      if (count > 0) return count
      if (next === undefined || next.atMs > endMs) {
        if (endMs === Infinity) throw new Error('this wait would have no end')
        this.nowMs = endMs
        return 0
      }
      this.#planned.shift()
      this.nowMs = Math.max(this.nowMs, next.atMs)
      next.act()
    }
  }

  resizeEvents(capacity: number): void {
    this.resizes.push(capacity)
  }

  close(): void {
    this.closeCount++
  }

  #collect(): number {
    let count = 0
    for (const [fd, mask] of this.#ready) {
      const watched = this.#watched.get(fd) ?? 0
      if ((watched & mask) === 0) continue
      this.fired[2 * count] = fd
      // Bits that nobody asked for come back as well, as a kernel does with errors.
      this.fired[2 * count + 1] = mask & (EVENT_READABLE | EVENT_WRITABLE)
      count++
    }
    return count
  }

  #assertCurrent(fd: number, currentMask: number): void {
    const known = this.#watched.get(fd) ?? 0
    if (known !== currentMask) throw new Error(`descriptor ${fd}: expected current mask ${known}, got ${currentMask}`)
  }
}
