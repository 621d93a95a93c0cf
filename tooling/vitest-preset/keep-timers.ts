import { afterAll, beforeAll } from 'vitest'
import { rememberTimers } from './global-timers.ts'

// The test files of a package share a process: with what one of them leaves behind all that come after it would run.
interface Kept {
  putBackTimers?: ReturnType<typeof rememberTimers>
}
const kept = globalThis as Kept
const putBack = (kept.putBackTimers ??= rememberTimers())

function check(where: string): void {
  const replaced = putBack()
  if (replaced.length > 0) throw new Error(`${where} has replaced and not put back: ${replaced.join(', ')}`)
}

// Vitest itself ends what spies there are, for the second time, only after a file's last hook.
beforeAll(() => {
  check('the test file before this one')
})

afterAll(() => {
  check('this test file')
})
