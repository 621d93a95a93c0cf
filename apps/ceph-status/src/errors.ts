/**
 * What is wrong: words that are no command, or not what a command takes; a command that only a manager could answer,
 * while there is none; a connection that cannot be as it was asked for; descriptions of commands that make no sense.
 */
export type StatusErrorCode =
  'ERR_CEPH_STATUS_USAGE' | 'ERR_CEPH_STATUS_NO_MANAGER' | 'ERR_CEPH_STATUS_NOT_SECURE' | 'ERR_CEPH_STATUS_DESCRIPTIONS'

/** Something that the command line asks for cannot be done. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: StatusErrorCode

  constructor(code: StatusErrorCode, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
