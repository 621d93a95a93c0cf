import { MonClientError } from './errors.ts'

/** How a client of monitors behaves. The defaults are those of Ceph 16.2. */
export interface MonClientOptions {
  /** How many monitors to try at the same time; 0 for all. */
  readonly huntParallel: number
  /** How long to wait for them before others are tried. */
  readonly huntIntervalMs: number
  /** What that grows by each time nobody has answered, and shrinks by as long as somebody does. */
  readonly huntIntervalBackoff: number
  /** The least and the most it grows to, as multiples of itself. */
  readonly huntIntervalMinMultiple: number
  readonly huntIntervalMaxMultiple: number
  /** How often to ask the monitor for a sign of life. */
  readonly pingIntervalMs: number
  /** How long it may give none before another one is looked for. */
  readonly pingTimeoutMs: number
}

/** One option: what Ceph calls it, what one of Ceph's is worth here, the default, and the least that is allowed. */
interface OptionRow {
  readonly ceph: string
  readonly scale: number
  readonly byDefault: number
  readonly atLeast: number
}

/** All options. The defaults, the checks and `monClientOptionsFromCephConf` come from here. */
const monClientOptionTable: { readonly [K in keyof MonClientOptions]: OptionRow } = {
  huntParallel: { ceph: 'mon_client_hunt_parallel', scale: 1, byDefault: 3, atLeast: 0 },
  huntIntervalMs: { ceph: 'mon_client_hunt_interval', scale: 1000, byDefault: 3000, atLeast: 1 },
  huntIntervalBackoff: { ceph: 'mon_client_hunt_interval_backoff', scale: 1, byDefault: 1.5, atLeast: 1 },
  huntIntervalMinMultiple: { ceph: 'mon_client_hunt_interval_min_multiple', scale: 1, byDefault: 1, atLeast: 1 },
  huntIntervalMaxMultiple: { ceph: 'mon_client_hunt_interval_max_multiple', scale: 1, byDefault: 10, atLeast: 1 },
  pingIntervalMs: { ceph: 'mon_client_ping_interval', scale: 1000, byDefault: 10_000, atLeast: 1 },
  pingTimeoutMs: { ceph: 'mon_client_ping_timeout', scale: 1000, byDefault: 30_000, atLeast: 1 },
}

const KEYS = Object.keys(monClientOptionTable) as readonly (keyof MonClientOptions)[]

/** The options given, the rest by default. Throws `MonClientError` for a value that makes no sense. */
export function resolveMonClientOptions(given: Partial<MonClientOptions>): MonClientOptions {
  const values = KEYS.map((key) => [key, check(key, given[key] ?? monClientOptionTable[key].byDefault)])
  // Every key of the table is there, each with a number.
  return Object.fromEntries(values) as MonClientOptions
}

/** Our options from those of a conf file, by their names with underscores; others are passed over. */
export function monClientOptionsFromCephConf(conf: Readonly<Record<string, string>>): Partial<MonClientOptions> {
  const values = KEYS.flatMap((key) => {
    const { ceph, scale } = monClientOptionTable[key]
    const text = conf[ceph]
    return text === undefined ? [] : [[key, check(key, Number(text) * scale)] as const]
  })
  return Object.fromEntries(values)
}

function check(key: keyof MonClientOptions, value: number): number {
  const { atLeast } = monClientOptionTable[key]
  if (Number.isFinite(value) && value >= atLeast) return value
  throw new MonClientError(
    'ERR_MSGR_MON_OPTION',
    `option ${key}: expected a number of at least ${atLeast}, got ${value}`,
  )
}
