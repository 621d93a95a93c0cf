/** The words of a command make no sense. */
export class CommandWordsError extends Error {
  override readonly name = 'CommandWordsError'
  readonly code = 'ERR_STATUS_WORDS'
}
