/** What the messengers say of a socket that was broken on purpose, and how much of what they say is kept. */
const CUT_ON_PURPOSE = 'cut on purpose'
const MAX_LEVEL = 1
const MAX_LINES = 20

/** Listens to the messengers of a process: counts the cuts, and keeps the last lines in case the run gets stuck. */
export class FaultLog {
  readonly #onCut: () => void
  readonly #lines: string[] = []

  constructor(onCut: () => void) {
    this.#onCut = onCut
  }

  /** The last lines, the oldest first. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** A logger for the messenger of this name. */
  loggerFor(name: string): (level: number, text: string) => void {
    return (level, text) => {
      if (level > MAX_LEVEL) return
      if (text.includes(CUT_ON_PURPOSE)) this.#onCut()
      this.#lines.push(`${name}: ${text}`)
      if (this.#lines.length > MAX_LINES) this.#lines.shift()
    }
  }
}
