export type DemoErrorCode = 'ERR_HEARTBEAT_PEERS' | 'ERR_HEARTBEAT_STEP' | 'ERR_HEARTBEAT_PROCESS'

/** Something in the demo did not go as it should: a list of peers, a step of the script, or a process. */
export class DemoError extends Error {
  override readonly name = 'DemoError'
  readonly code: DemoErrorCode

  constructor(code: DemoErrorCode, text: string) {
    super(text)
    this.code = code
  }
}
