import { CommandWordsError } from './errors.ts'

/** One argument of a command, as the monitors describe it. */
export interface ArgumentDescription {
  readonly name: string
  /** Such as `CephInt`, `CephChoices`, `CephString`. */
  readonly type: string
  readonly isRequired: boolean
  /** It takes all words that are left. */
  readonly takesMany: boolean
  /** Of `CephChoices`. */
  readonly choices: readonly string[]
}

/** A command: the words it begins with, and its arguments in their order. */
export interface CommandSignature {
  readonly words: readonly string[]
  readonly args: readonly ArgumentDescription[]
  readonly help: string
  /** A manager answers it: the monitors only pass it on. */
  readonly isForManager: boolean
}

const FLAG_MGR = 8

/**
 * Reads what `get_command_descriptions` gives: an object of `{ sig, help, flags }`, where a signature is a list of words
 * and of `{ name, type, req, n, strings }`. Throws `CommandWordsError` for anything else.
 * Ceph: src/mon/MonCommands.h; src/pybind/ceph_argparse.py, parse_json_funcsigs
 */
export function readSignatures(descriptions: unknown): readonly CommandSignature[] {
  if (!isObject(descriptions)) throw new CommandWordsError('command descriptions: expected an object')
  return Object.values(descriptions).map((description) => {
    if (!isObject(description) || !Array.isArray(description['sig'])) {
      throw new CommandWordsError('command descriptions: expected each to have a signature')
    }
    const parts: readonly unknown[] = description['sig']
    const help = description['help']
    return {
      words: parts.filter((part) => typeof part === 'string'),
      args: parts.filter(isObject).map(readArgument),
      help: typeof help === 'string' ? help : '',
      isForManager: (Number(description['flags']) & FLAG_MGR) !== 0,
    }
  })
}

function readArgument(part: Readonly<Record<string, unknown>>): ArgumentDescription {
  const text = (key: string): string => {
    const value = part[key]
    return typeof value === 'string' ? value : ''
  }
  return {
    name: text('name'),
    type: text('type'),
    isRequired: text('req') !== 'false',
    takesMany: text('n') === 'N',
    choices: text('strings') === '' ? [] : text('strings').split('|'),
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
