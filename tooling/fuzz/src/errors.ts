export type FuzzErrorCode = 'ERR_FUZZ_PROMISE' | 'ERR_FUZZ_STEPS' | 'ERR_FUZZ_ALLOCATION' | 'ERR_FUZZ_HANG'

/**
 * What an input made of the code under test broke a promise: `PROMISE`, one of the target's own; `STEPS`, it took more
 * steps than its length allows; `ALLOCATION`, more memory; `HANG`, it did not come to an end.
 */
export class FuzzError extends Error {
  override readonly name = 'FuzzError'
  readonly code: FuzzErrorCode

  constructor(code: FuzzErrorCode, text: string) {
    super(text)
    this.code = code
  }
}

/** The command line asks for something that there is not. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError'
  readonly code = 'ERR_FUZZ_ARGUMENT'
}

/** Throws `ERR_FUZZ_PROMISE` unless what was promised holds. */
export function promise(holds: boolean, text: () => string): void {
  if (!holds) throw new FuzzError('ERR_FUZZ_PROMISE', text())
}
