import { expect, test } from 'vitest'
import { cpuMicrosOf } from '../src/process-cpu.ts'

test.skipIf(process.platform !== 'linux')('the time of a process is what it has used so far', () => {
  const before = cpuMicrosOf(process.pid)
  const { user, system } = process.cpuUsage()
  while (process.cpuUsage().user - user < 100_000);
  const used = process.cpuUsage({ user, system })
  const seen = cpuMicrosOf(process.pid) - before
  // Each of the two readings may be short of a tick for either part.
  expect(Math.abs(seen - (used.user + used.system))).toBeLessThanOrEqual(40_000)
})
