import { MonFloat } from '@msgr/mon-client'
import { type CommandParameter } from './command-signature.ts'
import { StatusError } from './errors.ts'

const INTEGER = /^[+-]?\d+$/
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const PG = /^\d+\.[0-9a-f]+$/i
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const WORDS_FOR_TRUE = ['true', 'yes', '1']
const WORDS_FOR_FALSE = ['false', 'no', '0']

/** What an argument, or one of several in its place, becomes. */
export type ArgumentValue = string | number | bigint | boolean | MonFloat

/**
 * Turns a word into what the monitors want for an argument. What they check themselves just as well is left to them.
 * Throws `StatusError`.
 */
export function convertArgument(parameter: CommandParameter, word: string): ArgumentValue {
  switch (parameter.type) {
    case 'CephInt':
      checkRange(parameter, word, INTEGER.test(word), 'an integer')
      return Number.isSafeInteger(Number(word)) ? Number(word) : BigInt(word)
    case 'CephFloat':
      checkRange(parameter, word, NUMBER.test(word) && Number.isFinite(Number(word)), 'a number')
      return new MonFloat(Number(word))
    case 'CephOsdName':
      return convertOsdName(parameter, word)
    case 'CephBool':
      return convertBool(parameter, word)
    case 'CephChoices':
      return check(
        parameter,
        word,
        parameter.choices?.includes(word) ?? true,
        `one of ${String(parameter.choices?.join(', '))}`,
      )
    case 'CephPgid':
      return check(parameter, word, PG.test(word), 'a PG such as 1.2f')
    case 'CephUUID':
      return check(parameter, word, UUID.test(word), 'a uuid')
    default:
      return word
  }
}

function checkRange(parameter: CommandParameter, word: string, isNumber: boolean, what: string): void {
  const [min = -Infinity, max = Infinity] = parameter.range
  const value = Number(word)
  const bounds = [min > -Infinity ? ` from ${min}` : '', max < Infinity ? ` up to ${max}` : ''].join('')
  check(parameter, word, isNumber && value >= min && value <= max, `${what}${bounds}`)
}

/** `osd.3` or `3`; the monitors want the number. */
function convertOsdName(parameter: CommandParameter, word: string): number | string {
  if (word === '*' || word === 'all' || word === 'any') return word
  const id = word.replace(/^osd\./, '')
  check(parameter, word, /^\d{1,9}$/.test(id), 'an OSD such as osd.3')
  return Number(id)
}

function convertBool(parameter: CommandParameter, word: string): boolean {
  const isTrue = WORDS_FOR_TRUE.includes(word.toLowerCase())
  check(parameter, word, isTrue || WORDS_FOR_FALSE.includes(word.toLowerCase()), 'true or false')
  return isTrue
}

function check(parameter: CommandParameter, word: string, isRight: boolean, expected: string): string {
  if (isRight) return word
  throw new StatusError('ERR_CEPH_STATUS_USAGE', `${parameter.name}: expected ${expected}, got ${JSON.stringify(word)}`)
}
