import { describe, test } from 'vitest'
import { missingForNetwork } from '../src/missing-network.ts'

/**
 * A describe block whose tests need hosts, and run at once. Where none can be made they are skipped under a name that
 * says so; with MSGR_REQUIRE_ALL=1, as in a full run, that is a failure.
 */
export function describeHosts(name: string, body: () => void): void {
  const missing = missingForNetwork()
  if (missing === undefined) {
    describe.concurrent(name, body)
  } else if (process.env['MSGR_REQUIRE_ALL'] === '1') {
    test(name, () => {
      throw new Error(`MSGR_REQUIRE_ALL is set, but ${missing}`)
    })
  } else {
    describe.skip(`${name} (skipped: ${missing})`, body)
  }
}
