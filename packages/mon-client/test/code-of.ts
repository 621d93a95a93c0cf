/** The `code` of what this throws; a text that no code is if it throws nothing, or something else. */
export function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `an error without a code: ${String(error)}`
  }
  return 'nothing thrown'
}
