import { isPeer } from './echo-subjects.ts'
import type { LeftOut } from './suite.ts'
import type { WithoutFigures } from './turns.ts'

/** Who could not take part in the cases of a suite, and what went wrong. */
export class SuiteBook {
  readonly leftOut: LeftOut[] = []
  readonly failures: string[] = []
  readonly #suite: string
  readonly #missing = new Set<string>()

  constructor(suite: string) {
    this.#suite = suite
  }

  /** True once a subject was found not to be had on this machine. One that failed may try the next case. */
  lacks(subject: string): boolean {
    return this.#missing.has(subject)
  }

  /** A subject is not to be had, in any case. It is enough to say so once. */
  miss(subject: string, reason: string): void {
    if (this.lacks(subject)) return
    this.#missing.add(subject)
    this.leftOut.push({ suite: this.#suite, subject, reason })
  }

  /** A case, or all of it that is ours, gave no figures. */
  fail(caseName: string, reason: string): void {
    this.failures.push(`${this.#suite} ${caseName}: ${reason}`)
  }

  /** What came of a case. What others have made is left out where it fails, as that is no failure of ours. */
  enter(caseName: string, { unavailable, failed }: WithoutFigures): void {
    for (const [subject, reason] of unavailable) this.miss(subject, reason)
    for (const [subject, reason] of failed) {
      if (isPeer(subject)) this.leftOut.push({ suite: this.#suite, subject, reason: `${caseName}: ${reason}` })
      else this.fail(caseName, reason)
    }
  }
}
