import { type MonCommandArguments } from '@msgr/mon-client'
import { formatSignature, type CommandParameter, type CommandSignature } from './command-signature.ts'
import { convertArgument, type ArgumentValue } from './convert-argument.ts'
import { StatusError } from './errors.ts'

/** What a command line means to the monitors. */
export interface MatchedCommand {
  /** With its arguments, or in JSON, as it was given. */
  readonly command: MonCommandArguments | string
  /** `undefined` for a command in JSON. */
  readonly signature: CommandSignature | undefined
}

type Value = ArgumentValue | readonly ArgumentValue[]

const MAX_SUGGESTIONS = 8

/**
 * Finds the command that some words mean: `osd pool create data 32 --bulk`. Arguments stand in their order, or are
 * named, as `--size 3`, `--size=3` or `size=3`. A single word that begins with `{` is a command in JSON. Throws
 * `StatusError`, with how the command is given.
 */
export function matchCommand(words: readonly string[], signatures: readonly CommandSignature[]): MatchedCommand {
  const [first = ''] = words
  if (words.length === 1 && first.startsWith('{')) return { command: checkJsonCommand(first), signature: undefined }
  const candidates = longestMatches(words, signatures)
  if (candidates.length === 0) throw unknownCommand(words, signatures)
  let failure: unknown
  for (const signature of candidates) {
    try {
      return { command: takeArguments(words, signature), signature }
    } catch (error) {
      failure ??= error
    }
  }
  const reason = failure instanceof Error ? failure.message : String(failure)
  const usage = candidates.map((signature) => `\n  ${formatSignature(signature)}`).join('')
  throw new StatusError('ERR_CEPH_STATUS_USAGE', `${reason}; expected${usage}`)
}

/** Checks no more than that it is one: what its arguments mean is between its giver and the monitors. */
function checkJsonCommand(text: string): string {
  let args: unknown
  try {
    args = JSON.parse(text)
  } catch (error) {
    throw new StatusError('ERR_CEPH_STATUS_USAGE', 'expected a command in JSON, got what is none', error)
  }
  if (typeof args === 'object' && args !== null && 'prefix' in args && typeof args.prefix === 'string') return text
  throw new StatusError('ERR_CEPH_STATUS_USAGE', 'expected a command in JSON with a prefix, got one without')
}

/** Of `osd pool ls` and `osd pool`, should there be both, only the longer one can be meant by `osd pool ls`. */
function longestMatches(
  words: readonly string[],
  signatures: readonly CommandSignature[],
): readonly CommandSignature[] {
  const matching = signatures.filter(({ parts }) => leadOf(parts).every((word, i) => words[i] === word))
  const longest = Math.max(0, ...matching.map(({ parts }) => leadOf(parts).length))
  return matching.filter(({ parts }) => leadOf(parts).length === longest)
}

/** The words that a command begins with. */
function leadOf(parts: CommandSignature['parts']): readonly string[] {
  const end = parts.findIndex((part) => typeof part !== 'string')
  return parts.slice(0, end < 0 ? parts.length : end).filter((part) => typeof part === 'string')
}

function takeArguments(words: readonly string[], { prefix, parts }: CommandSignature): MonCommandArguments {
  const parameters = parts.filter((part) => typeof part !== 'string')
  const { named, rest } = takeNamed(words, parameters)
  const values = new Map<string, Value>(named)
  let left = rest
  for (const part of parts) {
    const [word] = left
    if (typeof part === 'string') {
      if (word !== part) throw usage(`expected ${part}, got ${word === undefined ? 'the end' : JSON.stringify(word)}`)
      left = left.slice(1)
    } else if (values.has(part.name)) continue
    else if (part.isRepeated && left.length > 0) {
      values.set(
        part.name,
        left.map((each) => convertArgument(part, each)),
      )
      left = []
    } else if (word !== undefined && part.type !== 'CephBool') {
      values.set(part.name, convertArgument(part, word))
      left = left.slice(1)
    } else if (part.isRequired) throw usage(`${part.name}: expected a value, got none`)
  }
  if (left.length > 0)
    throw usage(`expected the end of the command, got ${left.map((word) => JSON.stringify(word)).join(' ')}`)
  return { prefix, ...Object.fromEntries(values) }
}

/** Takes the arguments that are named out of the words. */
function takeNamed(
  words: readonly string[],
  parameters: readonly CommandParameter[],
): { readonly named: ReadonlyMap<string, Value>; readonly rest: readonly string[] } {
  const named = new Map<string, Value>()
  const rest: string[] = []
  const put = (parameter: CommandParameter, word: string): void => {
    const value = convertArgument(parameter, word)
    const before = named.get(parameter.name)
    named.set(parameter.name, parameter.isRepeated ? [before ?? [], value].flat() : value)
  }
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const [, dashes = '', name = '', value] = /^(--)?([\w-]+)(?:=(.*))?$/s.exec(word) ?? []
    const parameter = parameters.find((each) => each.name === name.replaceAll('-', '_'))
    const isNamed = parameter !== undefined && (dashes !== '' || value !== undefined)
    if (!isNamed) {
      if (dashes !== '') throw usage(`expected an argument of the command, got ${JSON.stringify(word)}`)
      rest.push(word)
    } else if (value !== undefined) put(parameter, value)
    else if (parameter.type === 'CephBool') put(parameter, 'true')
    else if (words[++i] === undefined) throw usage(`${parameter.name}: expected a value, got none`)
    else put(parameter, words[i] ?? '')
  }
  return { named, rest }
}

function unknownCommand(words: readonly string[], signatures: readonly CommandSignature[]): StatusError {
  const near = signatures.filter(({ prefix }) => prefix.split(' ')[0] === words[0])
  const suggestions = near.slice(0, MAX_SUGGESTIONS).map((signature) => `\n  ${formatSignature(signature)}`)
  const more = near.length > MAX_SUGGESTIONS ? `\n  and ${near.length - MAX_SUGGESTIONS} more` : ''
  const hint = near.length === 0 ? '' : `; there are${suggestions.join('')}${more}`
  return usage(`expected a command of the monitors, got ${JSON.stringify(words.join(' '))}${hint}`)
}

function usage(text: string): StatusError {
  return new StatusError('ERR_CEPH_STATUS_USAGE', text)
}
