import { checkResult } from './errors.ts'
import { native, REFUSED } from './native-binding.ts'

/** The cores that a set has room for. */
const CPU_SETSIZE = 1024

/** Lets the calling thread, be it main or a worker's, run on these cores only. Throws PosixError (EINVAL: no such core). */
export function setThreadAffinity(cores: readonly number[]): void {
  const result = native().setThreadAffinity(Int32Array.from(cores))
  if (result === REFUSED) throw new RangeError(`expected cores from 0 to ${CPU_SETSIZE - 1}, got ${cores.join(', ')}`)
  checkResult('sched_setaffinity', result)
}

/** The cores that the calling thread may run on, ascending. Throws PosixError. */
export function getThreadAffinity(): number[] {
  const cores = new Int32Array(CPU_SETSIZE)
  const count = checkResult('sched_getaffinity', native().getThreadAffinity(cores))
  return [...cores.subarray(0, count)]
}
