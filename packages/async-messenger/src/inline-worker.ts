import type { EventDriverName } from '@msgr/event-driver'
import { watch, type Watch } from '@msgr/posix'
import { SelectPace } from './select-pace.ts'
import { WakefulLoop } from './wakeful-loop.ts'
import { Worker } from './worker.ts'

/**
 * A worker hosted on the caller's event loop: libuv waits for the center's whole set of descriptors as if it were one,
 * and a set that it cannot wait for is asked at a bounded pace.
 */
export class InlineWorker extends Worker {
  readonly #watch: Watch | undefined
  readonly #pace: SelectPace | undefined
  readonly #loop: WakefulLoop
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #keepsAlive = true

  /** `idlePollMicros`: for how long the event loop does not sleep after there was work. */
  constructor(driver?: EventDriverName, idlePollMicros = 0) {
    super(driver)
    this.#loop = new WakefulLoop(idlePollMicros)
    const { pollFd } = this.center
    if (pollFd === undefined) {
      this.#pace = new SelectPace(
        () => this.#run(),
        () => this.#loop.isAwake,
      )
    } else {
      this.#watch = watch(pollFd, () => this.#run())
      this.#watch.unref()
    }
  }

  override expectAnswer(): void {
    this.#pace?.hurry()
    this.#loop.stay()
  }

  override close(): void {
    this.#watch?.close()
    this.#pace?.stop()
    this.#loop.stop()
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    super.close()
  }

  /** Whether the process stays alive while there are sockets, as it does at first. */
  setKeepsAlive(keepsAlive: boolean): void {
    this.#keepsAlive = keepsAlive
    this.#pace?.setKeepsAlive(keepsAlive)
    if (this.references > 0) this.becameBusy(true)
  }

  protected override becameBusy(isBusy: boolean): void {
    if (isBusy && this.#keepsAlive) this.#watch?.ref()
    else this.#watch?.unref()
    if (isBusy) this.#pace?.start()
    else this.#pace?.stop()
  }

  protected override took(): void {
    // Whoever ends this thread ends the process, and with it all descriptors.
  }

  protected override closes(): void {
    // As above.
  }

  protected override turnBecameDirty(): void {
    queueMicrotask(this.writeDirty)
  }

  /** Arranges for a turn when the center has work that no descriptor shows. */
  protected override wokenUp(): void {
    if (this.center.hasExternalEvents) {
      this.#immediate ??= setImmediate(() => {
        this.#immediate = undefined
        this.#run()
      })
    }
    const timerMs = this.center.nextTimeEventMs
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (timerMs !== undefined) this.#timer = setTimeout(() => this.#run(), Math.ceil(timerMs))
  }

  #run(): number {
    const handledCount = this.center.processEvents(0)
    if (handledCount > 0) this.#loop.stay()
    this.wokenUp()
    return handledCount
  }
}
