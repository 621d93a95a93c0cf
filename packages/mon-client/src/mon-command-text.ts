import { MonClientError } from './errors.ts'

/**
 * A number that the monitors are to take for one with a fraction, even if that is zero. Where a command wants such a
 * number, the weight of `osd reweight` for example, they refuse `1` and want `1.0`, which JavaScript cannot tell apart.
 */
export class MonFloat {
  readonly value: number

  /** Throws `MonClientError` for what is no finite number. */
  constructor(value: number) {
    if (!Number.isFinite(value)) {
      throw new MonClientError('ERR_MSGR_MON_OPTION', `number of a command: expected a finite one, got ${value}`)
    }
    this.value = value
  }

  /** In JSON, with a point or an exponent. */
  toString(): string {
    return Number.isInteger(this.value) && Math.abs(this.value) < 1e21 ? `${this.value}.0` : String(this.value)
  }
}

/** What an argument of a command may be. Those that are `undefined` are left out. */
export type MonCommandValue = string | number | bigint | boolean | MonFloat | readonly MonCommandValue[] | undefined

/** A command: its name, and its arguments by their names. */
export interface MonCommandArguments {
  /** Such as `'osd pool ls'`. */
  readonly prefix: string
  readonly [argument: string]: MonCommandValue
}

/** The `prefix` of a command in JSON; all of the text if it has none. */
export function prefixOfMonCommand(text: string): string {
  try {
    const args: unknown = JSON.parse(text)
    const isNamed = typeof args === 'object' && args !== null && 'prefix' in args && typeof args.prefix === 'string'
    return isNamed ? String(args.prefix) : text
  } catch {
    return text
  }
}

/** The command as the monitors want it: an object in JSON. */
export function formatMonCommand(args: MonCommandArguments): string {
  const pairs = Object.entries(args).flatMap(([name, value]) =>
    value === undefined ? [] : [`${JSON.stringify(name)}:${formatValue(value)}`],
  )
  return `{${pairs.join(',')}}`
}

function formatValue(value: MonCommandValue): string {
  if (Array.isArray(value)) return `[${value.map((each: MonCommandValue) => formatValue(each)).join(',')}]`
  return typeof value === 'bigint' || value instanceof MonFloat ? String(value) : JSON.stringify(value)
}
