import { StatusError } from './errors.ts'

/** One argument that a command takes. */
export interface CommandParameter {
  readonly name: string
  /** Ceph's name for its type, such as `'CephInt'`. */
  readonly type: string
  readonly isRequired: boolean
  /** Takes as many values as there are. */
  readonly isRepeated: boolean
  /** The values allowed; `undefined` for any. */
  readonly choices: readonly string[] | undefined
  /** The least and the most that a number may be. */
  readonly range: readonly [min: number | undefined, max: number | undefined]
}

/** A word that must stand where it stands, or an argument. */
export type SignaturePart = string | CommandParameter

/** A command, and how it is given. */
export interface CommandSignature {
  /** What the monitors know it by: its words. */
  readonly prefix: string
  readonly parts: readonly SignaturePart[]
  readonly help: string
  /** A manager answers it; the monitors only pass it on. */
  readonly isForManager: boolean
}

/** Ceph: src/mon/MonCommand.h, FLAG_OBSOLETE and FLAG_MGR */
const FLAG_OBSOLETE = 2
const FLAG_MGR = 8

/**
 * Reads what the monitors answer to `get_command_descriptions`: an object whose values each have `sig`, the words and
 * arguments of a command, `help` and `flags`. Commands that are no more are left out. Throws `StatusError`.
 */
export function parseSignatures(text: string): readonly CommandSignature[] {
  let descriptions: unknown
  try {
    descriptions = JSON.parse(text)
  } catch (error) {
    throw badDescriptions('JSON', error)
  }
  if (!isRecord(descriptions)) throw badDescriptions('an object')
  return Object.values(descriptions).flatMap((description) => {
    if (!isRecord(description) || !Array.isArray(description['sig'])) throw badDescriptions('a sig in each of them')
    const flags = Number(description['flags'] ?? 0)
    if ((flags & FLAG_OBSOLETE) !== 0) return []
    const parts = description['sig'].map(parsePart)
    const prefix = parts.filter((part) => typeof part === 'string').join(' ')
    return [{ prefix, parts, help: textOf(description['help']), isForManager: (flags & FLAG_MGR) !== 0 }]
  })
}

/** How a command is given, in the style of a manual page: `osd pool set POOL size|min_size VAL`. */
export function formatSignature({ parts }: CommandSignature): string {
  return parts.map((part) => (typeof part === 'string' ? part : formatParameter(part))).join(' ')
}

function formatParameter({ name, type, isRequired, isRepeated, choices }: CommandParameter): string {
  const flag = type === 'CephBool' ? `--${name.replaceAll('_', '-')}` : undefined
  const value = flag ?? (choices === undefined ? name.toUpperCase() : choices.join('|'))
  const text = `${value}${isRepeated ? '...' : ''}`
  return isRequired ? text : `[${text}]`
}

function parsePart(part: unknown): SignaturePart {
  if (typeof part === 'string') return part
  if (!isRecord(part) || typeof part['name'] !== 'string') throw badDescriptions('a name of each argument')
  const { name, type, req, n, strings, range } = part
  return {
    name,
    type: typeof type === 'string' ? type : 'CephString',
    isRequired: textOf(req, 'true').toLowerCase() === 'true',
    isRepeated: n === 'N',
    choices: typeof strings === 'string' ? strings.split('|') : undefined,
    range: parseRange(range),
  }
}

function parseRange(range: unknown): CommandParameter['range'] {
  const [min, max] = typeof range === 'string' ? range.split('|').map(Number) : []
  return [min, max]
}

function textOf(value: unknown, byDefault = ''): string {
  return typeof value === 'string' ? value : byDefault
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function badDescriptions(expected: string, cause?: unknown): StatusError {
  const text = `descriptions of the monitors' commands: expected ${expected}, got something else`
  return new StatusError('ERR_CEPH_STATUS_DESCRIPTIONS', text, cause)
}
