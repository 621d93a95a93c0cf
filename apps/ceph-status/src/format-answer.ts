import { type MonCommandResult } from '@msgr/mon-client'

/** How answers are printed: in the monitors' own words, or as one line of JSON each. */
export type OutputFormat = 'plain' | 'json'

/** What to write where. */
export interface FormattedAnswer {
  readonly stdout: Uint8Array
  readonly stderr: string
}

/** Strings of JSON, and the white space between its tokens. */
const JSON_TOKENS = /("(?:[^"\\]|\\.)*")|\s+/gs

/**
 * What an answer is printed as. In plain form the output goes to stdout as it is, whatever it is, and what the monitors
 * say of it to stderr. In JSON there is exactly one line: the output, or an object that holds all there is if the output
 * is no JSON.
 */
export function formatAnswer(answer: MonCommandResult, format: OutputFormat): FormattedAnswer {
  if (format === 'json') return { stdout: new TextEncoder().encode(`${toJsonLine(answer)}\n`), stderr: '' }
  const status = answer.status === '' ? '' : `${answer.status}\n`
  return { stdout: endLine(answer.output), stderr: status }
}

/** Numbers are left as they are written: some of Ceph's are larger than JavaScript can count. */
function toJsonLine({ result, status, text }: MonCommandResult): string {
  if (isJson(text)) return text.replace(JSON_TOKENS, (_, string: string | undefined) => string ?? '')
  return JSON.stringify({ result, status, output: text })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Text gets an end of line; bytes that are no text stay as they are. */
function endLine(output: Uint8Array): Uint8Array {
  const last = output.at(-1)
  if (last === undefined || last === 0x0a || !isText(output)) return output
  return Buffer.concat([output, Buffer.from('\n')])
}

function isText(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0')
  } catch {
    return false
  }
}
