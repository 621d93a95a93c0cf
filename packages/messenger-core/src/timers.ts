/** A timer that can be called off. Calling one off twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void
}

/** A time of the wall clock, in milliseconds since 1970, as keepalives carry it. */
export function toStamp(wallMs: number): { seconds: number; nanoseconds: number } {
  const seconds = Math.floor(wallMs / 1000)
  return { seconds, nanoseconds: Math.floor((wallMs - seconds * 1000) * 1e6) }
}

/** Where a messenger takes its time from. */
export interface Timers {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** The time of the wall clock, in milliseconds since 1970. */
  wallNow(): number
  /** Calls `run` once, no earlier than `delayMs` from now. */
  after(delayMs: number, run: () => void): Timer
}

/** Node's own timers. They keep the process alive only while something waits for them. */
export const nodeTimers: Timers = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after: (delayMs, run) => {
    const handle = setTimeout(run, Math.ceil(delayMs))
    return {
      cancel: () => {
        clearTimeout(handle)
      },
    }
  },
}
