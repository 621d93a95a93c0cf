import { MessengerError, type MessengerOptions, type MessengerSettings } from '@msgr/messenger-core'
import { getThreadAffinity } from '@msgr/posix'
import type { ThreadPoolSettings } from './thread-pool.ts'

/** What makes sense with `opThreads` only. */
export interface ThreadOptions {
  /** A module whose default export is a `FastDispatcherFactory`: it is loaded by each worker. */
  readonly fastDispatcher?: URL | string | undefined
  /** What that is given. Cloned as for `postMessage`, so a SharedArrayBuffer is shared. */
  readonly fastDispatcherData?: unknown
}

/**
 * How threads are wanted; `undefined` if they are not. Throws `MessengerError` (`ERR_MSGR_OPTION`) for what cannot be, or
 * does not go together.
 */
export function checkThreadSettings(
  { opThreads, affinityCores }: MessengerOptions,
  { fastDispatcher, fastDispatcherData }: ThreadOptions,
  { timers, workers }: MessengerSettings & { readonly workers?: number | undefined },
): Omit<ThreadPoolSettings, 'driver'> | undefined {
  if (opThreads === 0) {
    if (fastDispatcher !== undefined) refuse('fastDispatcher: expected opThreads of 1 or more with it, got 0')
    if (affinityCores.length > 0) refuse('affinityCores: expected opThreads of 1 or more with them, got 0')
    return undefined
  }
  if (timers !== undefined) refuse('timers: expected none with opThreads, as threads have their own')
  if (workers !== undefined) refuse('workers: expected none with opThreads, which is how many there are')
  const present = getThreadAffinity()
  const missing = affinityCores.filter((core) => !present.includes(core))
  if (missing.length > 0) {
    refuse(`affinityCores: expected cores of ${present.join(', ')}, got ${missing.join(', ')}`)
  }
  const module = fastDispatcher?.toString()
  return {
    opThreads,
    affinityCores,
    fastDispatcher: module === undefined ? undefined : { module, data: fastDispatcherData },
  }
}

function refuse(text: string): never {
  throw new MessengerError('ERR_MSGR_OPTION', text)
}
