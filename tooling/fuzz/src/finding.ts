import { writeFound } from './corpus.ts'

/** Something that went wrong, as a person or a program is told of it. */
export interface Finding {
  readonly target: string
  /** The error's name, code, text and stack. */
  readonly error: string
  /** What tells it from other findings of the target. */
  readonly key: string
  readonly hex: string
  /** The file that the input was written to, and the command that runs it again. */
  readonly file: string
  readonly command: string
}

/** Writes a failing input where it will be found, with all there is to know about it. */
export function recordFinding(target: string, bytes: Uint8Array, error: string, key: string, origin: string): Finding {
  const file = writeFound(target, bytes, `${origin}\n${error}`)
  const command = `npm run fuzz -- --target ${target} --file ${file}`
  return { target, error, key, hex: Buffer.from(bytes).toString('hex'), file, command }
}

/** Digits that are shown; there are more in the file. */
const SHOWN_DIGITS = 1024

/** A finding for a person to read. */
export function renderFinding({ target, error, hex, file, command }: Finding): string {
  const digits = hex.length > SHOWN_DIGITS ? `${hex.slice(0, SHOWN_DIGITS)}…` : hex
  return [`finding in ${target}: ${error}`, `  input: ${digits}`, `  written to ${file}; again: ${command}`].join('\n')
}
