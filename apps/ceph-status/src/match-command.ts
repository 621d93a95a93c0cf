import type { MonCommandArguments } from '@msgr/mon-client'
import type { ArgumentDescription, CommandSignature } from './command-signature.ts'
import { CommandWordsError } from './errors.ts'

/** What became of words. */
export interface MatchedCommand {
  readonly signature: CommandSignature
  readonly command: MonCommandArguments
}

/**
 * Finds the command that words stand for: its own words first, then its arguments in their order, or anywhere as
 * `name=value`. Of several that begin alike the one with the most words counts. Throws `CommandWordsError`, which says
 * what is wrong with the nearest one. Ceph: src/pybind/ceph_argparse.py, validate_command
 */
export function matchCommand(signatures: readonly CommandSignature[], words: readonly string[]): MatchedCommand {
  const longest = Math.max(-1, ...signatures.filter(startsWith(words)).map((signature) => signature.words.length))
  const candidates = signatures.filter(startsWith(words)).filter((signature) => signature.words.length === longest)
  let complaint: unknown
  for (const signature of candidates) {
    try {
      const given = words.slice(signature.words.length)
      return { signature, command: { prefix: signature.words.join(' '), ...readArguments(signature, given) } }
    } catch (error) {
      complaint ??= error
    }
  }
  if (complaint instanceof CommandWordsError) throw complaint
  throw new CommandWordsError(`${words.join(' ')}: there is no such command${nearTo(signatures, words)}`)
}

function startsWith(words: readonly string[]): (signature: CommandSignature) => boolean {
  return (signature) => signature.words.every((word, i) => words[i] === word)
}

function readArguments(signature: CommandSignature, given: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  const positional: string[] = []
  for (const word of given) {
    const at = word.indexOf('=')
    const named = at > 0 ? signature.args.find(({ name }) => name === word.slice(0, at)) : undefined
    if (named === undefined) positional.push(word)
    else values[named.name] = readMany(named, [word.slice(at + 1)])
  }
  for (const argument of signature.args) {
    if (argument.name in values) continue
    const taken = argument.takesMany ? positional.splice(0) : positional.splice(0, 1)
    if (taken.length > 0) values[argument.name] = readMany(argument, taken)
    else if (argument.isRequired) throw wrong(signature, `expected ${argument.name}, got nothing`)
  }
  if (positional.length > 0) throw wrong(signature, `expected no more words, got ${positional.join(' ')}`)
  return values

  function readMany(argument: ArgumentDescription, texts: readonly string[]): unknown {
    const read = texts.map((text) => readValue(signature, argument, text))
    return argument.takesMany ? read : read[0]
  }
}

function readValue(signature: CommandSignature, { name, type, choices }: ArgumentDescription, text: string): unknown {
  const fail = (expected: string): CommandWordsError => wrong(signature, `${name}: expected ${expected}, got ${text}`)
  switch (type) {
    case 'CephInt':
      if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw fail('a whole number')
      return Number(text)
    case 'CephFloat':
      if (text.trim() === '' || !Number.isFinite(Number(text))) throw fail('a number')
      return Number(text)
    case 'CephBool':
      if (/^(true|yes|1|--\S+)$/i.test(text)) return true
      if (/^(false|no|0)$/i.test(text)) return false
      throw fail('true or false')
    case 'CephChoices':
      if (!choices.includes(text)) throw fail(`one of ${choices.join(', ')}`)
      return text
    default:
      return text
  }
}

function wrong(signature: CommandSignature, what: string): CommandWordsError {
  const args = signature.args.map(({ name, isRequired, takesMany }) => {
    const text = takesMany ? `${name}...` : name
    return isRequired ? `<${text}>` : `[<${text}>]`
  })
  return new CommandWordsError(`${what}\nusage: ${[...signature.words, ...args].join(' ')}\n${signature.help}`)
}

/** The commands that begin with the same words, as far as any do. */
function nearTo(signatures: readonly CommandSignature[], words: readonly string[]): string {
  for (let count = words.length; count > 0; count--) {
    const near = signatures.filter((signature) => words.slice(0, count).every((word, i) => signature.words[i] === word))
    if (near.length === 0) continue
    const names = [...new Set(near.map((signature) => signature.words.join(' ')))].sort()
    return `; these begin so: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`
  }
  return ''
}
