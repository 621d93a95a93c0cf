import type { EventCenter } from '@msgr/event-driver'
import type { Timers } from '@msgr/messenger-core'

/** How often two clocks are read, one after the other: the thread may have to give its core away in between. */
const READINGS = 16

/** What to add to the clock that all threads of the process share to get `performance.now()` of this one. */
export function clockOffsetMs(): number {
  const offsets = Array.from({ length: READINGS }, () => {
    const [seconds, nanoseconds] = process.hrtime()
    return performance.now() - (seconds * 1000 + nanoseconds / 1e6)
  })
  return Math.min(...offsets)
}

/** Timers of a worker's event center, and the clock of the thread that `offsetMs` is of. */
export function centerTimers(center: EventCenter, offsetMs: number): Timers {
  const differenceMs = offsetMs - clockOffsetMs()
  return {
    now: () => performance.now() + differenceMs,
    wallNow: () => Date.now(),
    after: (delayMs, run) => {
      const id = center.createTimeEvent(Math.max(0, delayMs), run)
      return {
        cancel: () => {
          center.deleteTimeEvent(id)
        },
      }
    },
  }
}
