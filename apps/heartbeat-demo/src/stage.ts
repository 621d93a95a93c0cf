import { ClusterWatch, type ClusterEvent } from './cluster-watch.ts'
import type { DemoOptions } from './demo-options.ts'
import { DemoError } from './errors.ts'
import { nowMs } from './mono-clock.ts'
import type { FromMonitor, FromOsd, MonitorProcessConfig, OsdProcessConfig } from './process-protocol.ts'
import { Supervisor, unexpectedEnd, type ProcessEnd, type SupervisedProcess } from './supervisor.ts'

/** How many of their pings each OSD had answered on the way from one to another, at some moment. */
export type ReplyMark = ReadonlyMap<string, number>

/**
 * The cluster as the script sees it: its processes, what is known of them, and a way to wait for something to come true
 * that fails as soon as something else happens that should not.
 */
export class Stage {
  readonly options: DemoOptions
  readonly fsid: string
  readonly watch: ClusterWatch
  readonly supervisor: Supervisor = new Supervisor()
  /** The process of each OSD, the last one if it had several. */
  readonly osds: Map<number, SupervisedProcess> = new Map<number, SupervisedProcess>()
  /** Those that the map may have as down, because the script has seen to it. */
  readonly mayBeDown: Set<number> = new Set<number>()
  readonly #startedMs = nowMs()
  readonly #signal: AbortSignal
  readonly #mayEnd = new Set<SupervisedProcess>()
  #accident: Error | undefined
  #wake: () => void = () => undefined

  /** `signal` calls everything off. */
  constructor(options: DemoOptions, fsid: string, signal: AbortSignal) {
    this.options = options
    this.fsid = fsid
    this.#signal = signal
    this.watch = new ClusterWatch(() => this.elapsedMs)
    this.watch.listen((event) => {
      this.#judge(event)
      this.#wake()
    })
    signal.addEventListener('abort', () => {
      this.#wake()
    })
  }

  get elapsedMs(): number {
    return nowMs() - this.#startedMs
  }

  startMonitor(): void {
    const { messenger, graceMs, minReporters } = this.options
    const config: MonitorProcessConfig = { fsid: this.fsid, messenger, graceMs, minReporters }
    const monitor = this.supervisor.start('mon.0', 'monitor-process', config, (news) => {
      this.watch.monitorTells(news as FromMonitor)
    })
    this.#expectToLive(monitor)
  }

  startOsd(id: number): void {
    const { messenger, intervalMs, graceMs, minMessageSize, fastFail, seed } = this.options
    const monitorAddr = this.watch.monitorAddr
    if (monitorAddr === undefined) throw new Error('an OSD needs the address of the monitor')
    const rest = { messenger, intervalMs, graceMs, minMessageSize, fastFail, seed }
    const config: OsdProcessConfig = { id, fsid: this.fsid, monitorAddr, ...rest }
    const started = this.supervisor.start(`osd.${id}`, 'osd-process', config, (news) => {
      this.watch.osdTells(id, news as FromOsd)
    })
    this.osds.set(id, started)
    this.#expectToLive(started)
    void started.ended.then(() => {
      this.watch.osdEnded(id)
    })
  }

  /** The process of an OSD that was started. */
  osd(id: number): SupervisedProcess {
    const process = this.osds.get(id)
    if (process === undefined) throw new Error(`osd.${id} was never started`)
    return process
  }

  /** From now on it is all right for this process to end. */
  mayEnd(process: SupervisedProcess): void {
    this.#mayEnd.add(process)
  }

  /**
   * Waits until something is so. Throws if something else happens that should not, and when it has taken too long;
   * `seen` tells how things stand then.
   */
  async until(expected: string, isSo: () => boolean, seen: () => string = () => this.#mapInWords()): Promise<void> {
    const { stepDeadlineMs } = this.options
    const endMs = this.elapsedMs + stepDeadlineMs
    const timer = setTimeout(() => {
      this.#wake()
    }, stepDeadlineMs + 1)
    try {
      for (;;) {
        this.#signal.throwIfAborted()
        if (this.#accident !== undefined) throw this.#accident
        if (isSo()) return
        if (this.elapsedMs >= endMs) {
          const seconds = stepDeadlineMs / 1000
          throw new DemoError('ERR_HEARTBEAT_STEP', `expected within ${seconds} s: ${expected}; got: ${seen()}`)
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** Throws unless something is so. */
  check(expected: string, isSo: boolean, got: string): void {
    if (!isSo) throw new DemoError('ERR_HEARTBEAT_STEP', `expected ${expected}; got: ${got}`)
  }

  /** How often each OSD that should be up has been answered by each that it pings, on the slower channel. */
  mark(): ReplyMark {
    return new Map(
      this.#links().map(([from, to]) => {
        const { front, back } = this.watch.replies(from, to)
        return [`osd.${from} → osd.${to}`, Math.min(front, back)]
      }),
    )
  }

  /** Waits until each of them has been answered so many times more, on both channels. */
  async rounds(count: number): Promise<void> {
    const before = this.mark()
    const waiting = (): string[] =>
      [...this.mark()].flatMap(([link, replies]) => {
        const more = replies - (before.get(link) ?? 0)
        return more >= count ? [] : [`${link}: ${more} more`]
      })
    const expected = `each OSD is answered ${count} times more by each that it pings, at front and back`
    await this.until(
      expected,
      () => waiting().length === 0,
      () => waiting().join(', '),
    )
  }

  /** Waits until all of these OSDs have a map of this epoch or newer. */
  async untilKnown(epoch: number, ids: readonly number[]): Promise<void> {
    await this.until(
      `every OSD has the map of epoch ${epoch}`,
      () => ids.every((id) => this.watch.epochOf(id) >= epoch),
      () => ids.map((id) => `osd.${id} has ${this.watch.epochOf(id)}`).join(', '),
    )
  }

  #links(): (readonly [number, number])[] {
    const { upIds } = this.watch
    return upIds.flatMap((from) => this.watch.peersOf(from).map((to) => [from, to] as const))
  }

  #expectToLive(process: SupervisedProcess): void {
    void process.ended.then((end: ProcessEnd) => {
      if (!this.#mayEnd.has(process)) this.#happened(unexpectedEnd(process, end))
    })
  }

  #judge(event: ClusterEvent | undefined): void {
    if (event?.kind !== 'down' || this.mayBeDown.has(event.id)) return
    const by = event.reporters.map((id) => `osd.${id}`).join(', ')
    const text = `osd.${event.id} was marked down at epoch ${event.epoch} (reported by ${by}), and nobody had touched it`
    this.#happened(new DemoError('ERR_HEARTBEAT_STEP', text))
  }

  #happened(accident: Error): void {
    this.#accident ??= accident
    this.#wake()
  }

  #mapInWords(): string {
    const { epoch, osds } = this.watch.map
    const words = osds.map(({ id, isUp }) => `osd.${id} ${isUp ? 'up' : 'down'}`)
    return `at epoch ${epoch} ${words.length === 0 ? 'there are no OSDs' : words.join(', ')}`
  }
}
