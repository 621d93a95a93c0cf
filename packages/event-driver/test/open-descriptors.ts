import { readdirSync, readlinkSync } from 'node:fs'
import { threadId } from 'node:worker_threads'

/**
 * From here on ten numbers of descriptors are a test's own, and its thread's: whatever else opens files in this process
 * gets the lowest number that is free. `dup(fd, OWN_FDS)` makes one, which select takes too.
 */
export const OWN_FDS: number = 900 + 10 * threadId

/** How many descriptors of a kind this process has open, by what Linux calls it; both ends of a pipe count. */
export function countOpen(kind: 'eventfd' | 'eventpoll' | 'pipe'): number {
  const start = kind === 'pipe' ? 'pipe:[' : `anon_inode:[${kind}]`
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(fd)?.startsWith(start)).length
}

function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return undefined // the one that readdir itself had open, or another thread's
  }
}
