import { readFileSync } from 'node:fs'

const BYTES_PER_KIB = 1024

/** The memory that a process has in use, in bytes: what Linux calls its resident set. */
export function rssBytesOf(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kibibytes === undefined) throw new Error(`process ${pid}: expected a line VmRSS in its status, got none`)
  return Number(kibibytes) * BYTES_PER_KIB
}
