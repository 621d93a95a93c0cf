import { noFigures, type Figures } from './figures.ts'

/** How many breaches are described; more are only counted. */
const MAX_BREACHES = 10

/** What a process has seen: its figures, and the first breaches of what was promised, in words. */
export class RunRecord {
  readonly figures: Figures = noFigures()
  readonly #breaches: string[] = []
  #breachCount = 0

  get breaches(): readonly string[] {
    return this.#breaches
  }

  get breachCount(): number {
    return this.#breachCount
  }

  breach(text: string): void {
    this.#breachCount++
    if (this.#breaches.length < MAX_BREACHES) this.#breaches.push(text)
  }
}
