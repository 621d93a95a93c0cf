import { readFileSync } from 'node:fs'
import { describeNeeding } from '@msgr-tooling/native-tests'
import { afterEach, expect, test } from 'vitest'
import { getThreadAffinity, setThreadAffinity } from '../src/thread-affinity.ts'
import { missingShim } from './missing-shim.ts'

/** The cores of the calling thread, as the kernel lists them: `0-1,4`. */
function coresOfThread(): string {
  return /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/thread-self/status', 'utf8'))?.[1] ?? ''
}

describeNeeding(missingShim, 'thread affinity', () => {
  const all = missingShim === undefined ? getThreadAffinity() : []
  afterEach(() => setThreadAffinity(all))

  test('a thread can be put on any one of its cores, and back', () => {
    expect(all.length).toBeGreaterThan(0)
    for (const core of all) {
      setThreadAffinity([core])
      expect(getThreadAffinity()).toEqual([core])
      expect(coresOfThread()).toBe(String(core))
    }
    setThreadAffinity(all)
    expect(getThreadAffinity()).toEqual(all)
  })

  test('a set without a core that exists is an error', () => {
    const failure = expect.objectContaining({ syscall: 'sched_setaffinity', code: 'EINVAL' }) as Error
    expect(() => setThreadAffinity([])).toThrow(failure)
    expect(() => setThreadAffinity([1023])).toThrow(failure)
    expect(() => setThreadAffinity([0, 1024])).toThrow('expected cores from 0 to 1023, got 0, 1024')
    expect(() => setThreadAffinity([-1])).toThrow('got -1')
  })
})
