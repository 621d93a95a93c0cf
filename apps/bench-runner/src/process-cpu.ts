import { readFileSync } from 'node:fs'

/** Of Linux, on all machines that Node runs on: what `getconf CLK_TCK` says. */
const MICROS_PER_TICK = 10_000
/** Places in /proc/PID/stat behind the name, which may have blanks in it. */
const USER_TICKS_INDEX = 11
const SYSTEM_TICKS_INDEX = 12

/** What a process has used of the processor so far, in all its threads, in microseconds; in steps of ten thousand. */
export function cpuMicrosOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[USER_TICKS_INDEX]) + Number(fields[SYSTEM_TICKS_INDEX])) * MICROS_PER_TICK
}
