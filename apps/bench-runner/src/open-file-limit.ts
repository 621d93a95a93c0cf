import { existsSync, readFileSync } from 'node:fs'

/** What a process has open besides connections, generously. */
const OTHER_FILES = 200
const LIMITS = '/proc/self/limits'

/** How many files a process of ours may have open: Node raises the limit as far as it may. Infinity if it is not known. */
export function openFileLimit(): number {
  if (!existsSync(LIMITS)) return Number.POSITIVE_INFINITY
  const limit = /^Max open files +(\d+)/m.exec(readFileSync(LIMITS, 'utf8'))?.[1]
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
}

/** Why a process may not have so many connections, and what to do about it; or `undefined`. */
export function openFileProblem(connectionCount: number, limit: number = openFileLimit()): string | undefined {
  const needed = connectionCount + OTHER_FILES
  if (limit >= needed) return undefined
  const text = `${connectionCount} connections need a limit of ${needed} open files, and it is ${limit}`
  return `${text}: raise it with "ulimit -Hn ${needed}", as root`
}
