import { join } from 'node:path'
import { buildSanitizedShim, describeNeeding, describeUnder, sanitizers } from '@msgr-tooling/native-tests'
import { expect, test } from 'vitest'
import { buildPrograms, packageRoot } from '../built-program.ts'
import { missingShim } from '../missing-shim.ts'

// The whole workload, in one thread and in three at once, in plain node processes that have a sanitizer's runtime in them.
const cache = join(packageRoot, 'node_modules', '.cache', 'test-sanitizer')

describeNeeding(missingShim, 'the shim', () => {
  sanitizers.forEach((sanitizer) => {
    describeUnder(sanitizer, cache, ({ runNode }) => {
      test('has no defect that is found', { timeout: 120_000 }, async () => {
        const root = await buildPrograms(`sanitizer-${sanitizer.kind}-${sanitizer.compiler}`, ['run-workload'])
        await buildSanitizedShim(sanitizer, packageRoot, root)
        const outcome = await runNode(['--expose-gc', join(root, 'dist', 'run-workload.mjs'), '3'])
        expect(outcome).toEqual({ code: 0, stdout: 'workload passed\n', stderr: '' })
      })
    })
  })
})
