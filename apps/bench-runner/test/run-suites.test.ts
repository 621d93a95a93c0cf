import { expect, test } from 'vitest'
import { BenchError } from '../src/errors.ts'
import { runSuites } from '../src/run-suites.ts'
import type { Suite, SuiteStage } from '../src/suite.ts'

const stage: SuiteStage = {
  isQuick: true,
  progress: { begin: () => undefined, step: () => undefined, clear: () => undefined },
  preparePeers: () => Promise.resolve(),
  print: () => undefined,
}

const leftOut = (suite: string): Suite => {
  const outcome = { results: [], leftOut: [{ suite, subject: 's', reason: 'r' }], failures: [`${suite}: half of it`] }
  return { name: suite, run: () => Promise.resolve(outcome) }
}

test('what suites hand over is put together, and a suite that fails keeps none from running', async () => {
  const failing: Suite = { name: 'b', run: () => Promise.reject(new BenchError('ERR_BENCH_PROCESS', 'lost it')) }
  const outcome = await runSuites([leftOut('a'), failing, leftOut('c')], stage)
  expect(outcome.leftOut.map(({ suite }) => suite)).toEqual(['a', 'c'])
  expect(outcome.failures).toEqual(['a: half of it', 'b: lost it', 'c: half of it'])
})

test('an error of the runner itself is not taken for the failure of a suite', async () => {
  const broken: Suite = { name: 'b', run: () => Promise.reject(new TypeError('a fault of ours')) }
  await expect(runSuites([broken], stage)).rejects.toThrow(TypeError)
})
