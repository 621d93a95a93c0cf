import type { AuthRefusedError } from '@msgr/auth'
import type { OsdInClusterObserver, Ping } from './osd-in-cluster.ts'

/** Writes down what happens to an OSD in a cluster, and lets one wait for it. */
export class OsdWitness implements OsdInClusterObserver {
  /** Epochs of the maps that had it as up, or as down, anew. */
  readonly ups: number[] = []
  readonly downs: number[] = []
  /** Who was reported to the monitor: `osd.0 failed`. */
  readonly reports: string[] = []
  /** Who said that it is down. */
  readonly deathNotes: number[] = []
  readonly #answers = new Map<number, number>()
  readonly #pings = new Map<string, number>()
  #changed: () => void = () => undefined
  #refusal: AuthRefusedError | undefined

  /** How often this OSD has pinged it on this channel. */
  pingsFrom(osd: number, channel: Ping['channel']): number {
    return this.#pings.get(`${osd} ${channel}`) ?? 0
  }

  /** How many of its own pings this OSD has answered. */
  answersBy(osd: number): number {
    return this.#answers.get(osd) ?? 0
  }

  /** Resolves when it is so. Throws if the monitor has refused the OSD. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#refusal !== undefined) throw this.#refusal
      await new Promise<void>((resolve) => {
        const others = this.#changed
        this.#changed = () => {
          others()
          resolve()
        }
      })
    }
  }

  markedUp(epoch: number): void {
    this.ups.push(epoch)
    this.#tell()
  }

  markedDown(epoch: number): void {
    this.downs.push(epoch)
    this.#tell()
  }

  mapCame(): void {
    this.#tell()
  }

  pinged({ fromOsd, channel }: Ping): void {
    this.#pings.set(`${fromOsd} ${channel}`, this.pingsFrom(fromOsd, channel) + 1)
    this.#tell()
  }

  pingAnswered(byOsd: number): void {
    this.#answers.set(byOsd, this.answersBy(byOsd) + 1)
    this.#tell()
  }

  reported(osd: number, what: 'failed' | 'alive'): void {
    this.reports.push(`osd.${osd} ${what}`)
    this.#tell()
  }

  youDied(byOsd: number): void {
    this.deathNotes.push(byOsd)
    this.#tell()
  }

  refused(error: AuthRefusedError): void {
    this.#refusal = error
    this.#tell()
  }

  #tell(): void {
    const changed = this.#changed
    this.#changed = () => undefined
    changed()
  }
}
