import { readdirSync, readlinkSync } from 'node:fs'

/**
 * From here on the numbers of descriptors are a test's own: whatever else opens files in this process, on threads that
 * a test knows nothing of, gets the lowest number that is free. `dup(fd, OWN_FDS)` makes one, which select takes too.
 */
export const OWN_FDS = 900

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
