import { expect, test } from 'vitest'
import {
  countTests,
  formatCounts,
  listFailures,
  readTestCounts,
  removeTestReports,
  sumCounts,
} from '../src/test-reports.mjs'
import { temporaryFolder } from './temporary-folder.ts'

const report = {
  success: false,
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [
    {
      name: '/w/packages/a/test/good.test.ts',
      status: 'passed',
      message: '',
      assertionResults: [{ status: 'passed', fullName: 'holds', failureMessages: [] }],
    },
    {
      name: '/w/packages/a/test/bad.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [
        { status: 'passed', fullName: 'holds too', failureMessages: [] },
        { status: 'failed', fullName: 'a rope is long', failureMessages: ['Error: expected 1, got 2\n    at it'] },
      ],
    },
  ],
}
const unloadable = {
  name: '/w/packages/a/test/broken.test.ts',
  status: 'failed',
  message: 'Cannot find module\nsomewhere',
  assertionResults: [],
}

test('pending and to-do tests are skipped ones', () => {
  expect(countTests(report)).toEqual({ passed: 5, failed: 1, skipped: 3 })
})

test('a test file that could not be loaded is a failure', () => {
  const broken = { ...report, numFailedTests: 0, testResults: [unloadable] }
  expect(countTests(broken)).toEqual({ passed: 5, failed: 1, skipped: 3 })
})

test('a run without any test is a failure', () => {
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }
  expect(countTests({ ...none, success: false })).toEqual({ passed: 0, failed: 1, skipped: 0 })
  expect(countTests({ ...none, numPassedTests: 3, success: true })).toEqual({ passed: 3, failed: 0, skipped: 0 })
})

test('reports are read from the members and removed before a run', () => {
  const root = temporaryFolder({ 'packages/a/test-report.json': JSON.stringify(report) })
  expect(readTestCounts(root, 'packages/a')).toEqual({ passed: 5, failed: 1, skipped: 3 })
  expect(readTestCounts(root, 'packages/b')).toBeUndefined()
  removeTestReports(root, ['packages/a', 'packages/b'])
  expect(readTestCounts(root, 'packages/a')).toBeUndefined()
})

test('each failure is told in one line', () => {
  const list = (changes: object) => listFailures({ ...report, ...changes }, '/w', 'packages/a')
  expect(list({})).toEqual(['packages/a/test/bad.test.ts: a rope is long: Error: expected 1, got 2'])
  expect(list({ testResults: [unloadable] })).toEqual(['packages/a/test/broken.test.ts: Cannot find module'])
  expect(list({ testResults: [] })).toEqual(['packages/a: no test ran, or an error outside of one'])
  expect(list({ testResults: [], success: true })).toEqual([])
})

test('counts add up and read well', () => {
  const sum = sumCounts([
    { passed: 5, failed: 1, skipped: 3 },
    { passed: 7, failed: 0, skipped: 0 },
  ])
  expect(formatCounts(sum)).toBe('12 passed, 1 failed, 3 skipped')
  expect(formatCounts({ ...sum, skipped: 0 })).toBe('12 passed, 1 failed')
})
