import { spawnSync } from 'node:child_process'
import { describe, test } from 'vitest'

/**
 * A describe block for tests that need something of the machine. `missing` says what it lacks. They are skipped under a
 * name that says so; with MSGR_REQUIRE_ALL=1, as in a full run, that is a failure.
 */
export function describeNeeding(missing: string | undefined, name: string, body: () => void): void {
  if (missing === undefined) {
    describe(name, body)
  } else if (process.env['MSGR_REQUIRE_ALL'] === '1') {
    test(name, () => {
      throw new Error(`MSGR_REQUIRE_ALL is set, but ${missing}`)
    })
  } else {
    describe.skip(`${name} (skipped: ${missing})`, body)
  }
}

/** For `describeNeeding`: a command that answers to --version. */
export function missingCommand(name: string): string | undefined {
  return spawnSync(name, ['--version']).status === 0 ? undefined : `there is no ${name}`
}
