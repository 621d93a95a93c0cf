/** `'ERR_STRESS_ARGUMENT'`: the command line. `'ERR_STRESS_PROCESS'`: one of our own processes ended or fell silent. */
export type StressErrorCode = 'ERR_STRESS_ARGUMENT' | 'ERR_STRESS_PROCESS'

/** The stress cannot be run. */
export class StressError extends Error {
  override readonly name = 'StressError'
  readonly code: StressErrorCode

  constructor(code: StressErrorCode, text: string) {
    super(text)
    this.code = code
  }
}
