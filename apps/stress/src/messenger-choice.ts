import { createMessenger, type EntityName, type Messenger, type MessengerSettings } from '@msgr/messenger'
import { StressError } from './errors.ts'
import type { WireChoice } from './wire-choice.ts'

/** Which messenger carries everything. */
export interface MessengerChoice {
  readonly type: 'simple' | 'async'
  readonly wire: WireChoice
  /** What follows matters to the async one alone. */
  readonly driver: 'epoll' | 'select'
  /** On its own event loop. */
  readonly workers: number
  /** In the place of those workers; 0 for none. */
  readonly opThreads: number
}

/** Throws `StressError` for what does not go together. */
export function checkChoice({ type, workers, opThreads }: MessengerChoice): void {
  const refuse = (text: string): never => {
    throw new StressError('ERR_STRESS_ARGUMENT', text)
  }
  if (opThreads > 0 && type === 'simple') {
    refuse(`--op-threads ${opThreads} needs --messenger async: the simple messenger has no threads`)
  }
  if (opThreads > 0 && workers > 1)
    refuse(`--op-threads ${opThreads} takes the place of --workers: expected one of them`)
}

/** A messenger of the kind that was chosen. */
export function createChosen(
  name: EntityName,
  { type, driver, workers, opThreads }: MessengerChoice,
  settings: MessengerSettings,
): Messenger {
  if (type === 'simple') return createMessenger(name, { type, ...settings })
  return createMessenger(name, { type, driver, ...(opThreads > 0 ? { opThreads } : { workers }), ...settings })
}

/** `simple`, `async (epoll)`, `async (select, 3 workers)` or `async (epoll, 1 thread), v2-crc`. */
export function describeChoice({ type, driver, workers, opThreads, wire }: MessengerChoice): string {
  const threads = opThreads === 1 ? ', 1 thread' : `, ${opThreads} threads`
  const onLoop = workers === 1 ? '' : `, ${workers} workers`
  const kind = type === 'simple' ? type : `async (${driver}${opThreads > 0 ? threads : onLoop})`
  return wire === 'v1' ? kind : `${kind}, ${wire}`
}
