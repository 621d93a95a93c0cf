import { errnoName } from './errno-name.ts'

/** A conf file cannot be read, or one of its lines makes no sense. Tells where. */
export class CephConfError extends Error {
  override readonly name = 'CephConfError'
  readonly code = 'ERR_MSGR_CEPH_CONF'
  /** The file, or what stands for it. */
  readonly path: string
  /** Counted from 1; 0 if no line is to blame. */
  readonly line: number

  constructor(place: { path: string; line?: number }, text: string, cause?: unknown) {
    const { path, line = 0 } = place
    super(`${path}${line > 0 ? `:${line}` : ''}: ${text}`, cause === undefined ? undefined : { cause })
    this.path = path
    this.line = line
  }
}

/**
 * What is wrong: an option or an argument; nothing tells where the monitors are; what tells it makes no sense; the
 * client was closed; a monitor gave no sign of life; so much waits to be sent that no more is taken.
 */
export type MonClientErrorCode =
  | 'ERR_MSGR_MON_OPTION'
  | 'ERR_MSGR_MON_UNKNOWN'
  | 'ERR_MSGR_MON_ADDRESS'
  | 'ERR_MSGR_MON_CLOSED'
  | 'ERR_MSGR_MON_SILENT'
  | 'ERR_MSGR_MON_BUSY'

/** The client of monitors was given something that it cannot use, or cannot do what it was asked. */
export class MonClientError extends Error {
  override readonly name = 'MonClientError'
  readonly code: MonClientErrorCode

  constructor(code: MonClientErrorCode, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** The monitors have refused a command, or could not carry it out. */
export class MonCommandError extends Error {
  override readonly name = 'MonCommandError'
  readonly code = 'ERR_MSGR_MON_COMMAND'
  /** The command's `prefix`. */
  readonly prefix: string
  /** Their answer: a negated Linux errno, such as -22. */
  readonly result: number
  /** The same as a name, such as `'EINVAL'`; `'E22'` in style for one without a name here. */
  readonly errno: string
  /** What the monitors say of it. */
  readonly status: string
  /** What the command printed all the same. */
  readonly output: Uint8Array

  constructor(prefix: string, answer: { result: number; status: string; output: Uint8Array }) {
    const { result, status, output } = answer
    const errno = errnoName(result)
    super(`${prefix}: ${errno}${status === '' ? '' : `: ${status}`}`)
    this.prefix = prefix
    this.result = result
    this.errno = errno
    this.status = status
    this.output = output
  }
}
