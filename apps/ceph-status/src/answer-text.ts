import type { MonCommandResult } from '@msgr/mon-client'

/** What goes to stdout. */
export function answerText(answer: Pick<MonCommandResult, 'text' | 'status'>, format: 'json' | 'plain'): string {
  return format === 'plain' ? answer.text.replace(/\n+$/, '') : jsonLine(answer)
}

/**
 * One line of JSON. The text is the monitors' own, as numbers in it may be larger than JavaScript's: a newline in JSON
 * is never part of a value. A command that prints nothing, or no JSON, gives an object of what it says.
 */
function jsonLine({ text, status }: Pick<MonCommandResult, 'text' | 'status'>): string {
  try {
    JSON.parse(text)
    return text.trim().replace(/\s*\n\s*/g, '')
  } catch {
    return JSON.stringify({ status, output: text })
  }
}
