import { readdirSync, readFileSync } from 'node:fs'
import { BenchError } from './errors.ts'

const NANOS_PER_MICRO = 1000

/** What a thread has had of the processor so far, in microseconds. */
export interface ThreadTime {
  readonly ranMicros: number
  /** How long it could have run, and others did. */
  readonly waitedMicros: number
}

/** By the number of the thread, which for the main thread is that of the process. */
export type ThreadTimes = Readonly<Record<string, ThreadTime>>

/**
 * The times of all threads of a process, from /proc, where Linux keeps them in nanoseconds. That of a thread which runs
 * at the moment may be short of a few milliseconds. Throws `BenchError` where there is no such thing.
 */
export function threadTimesOf(pid: number): ThreadTimes {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return Object.fromEntries(threads.map((thread) => [thread, timeOf(`/proc/${pid}/task/${thread}/schedstat`)]))
  } catch (cause) {
    throw new BenchError('ERR_BENCH_UNAVAILABLE', `the times of threads are not to be had from /proc/${pid}`, cause)
  }
}

/** What each thread has had between two looks; those that have begun or ended since do not count. */
export function timesBetween(before: ThreadTimes, after: ThreadTimes): ThreadTimes {
  const stayed = Object.entries(after).flatMap(([thread, { ranMicros, waitedMicros }]) => {
    const earlier = before[thread]
    if (earlier === undefined) return []
    const time = { ranMicros: ranMicros - earlier.ranMicros, waitedMicros: waitedMicros - earlier.waitedMicros }
    return [[thread, time] as const]
  })
  return Object.fromEntries(stayed)
}

function timeOf(path: string): ThreadTime {
  const [ran, waited] = readFileSync(path, 'utf8').split(' ').map(Number)
  return { ranMicros: (ran ?? Number.NaN) / NANOS_PER_MICRO, waitedMicros: (waited ?? Number.NaN) / NANOS_PER_MICRO }
}
