import type { SessionEvent } from '@msgr/msgr-protocol'

/** What went wrong with a session's transport, and what comes next; for the log. */
export function describeFault({ error, next, delayMs }: Extract<SessionEvent, { kind: 'fault' }>): string {
  const then = next === 'standby' ? 'waiting' : delayMs === 0 ? 'reconnecting' : `reconnecting in ${delayMs} ms`
  return `${error.message}; ${then}`
}
