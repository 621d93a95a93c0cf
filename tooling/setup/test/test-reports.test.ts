import { expect, test } from 'vitest'
import { countTests, formatCounts, readTestCounts, removeTestReports, sumCounts } from '../src/test-reports.mjs'
import { temporaryFolder } from './temporary-folder.ts'

const report = {
  success: false,
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [
    { status: 'passed', assertionResults: [{}] },
    { status: 'failed', assertionResults: [{}] },
  ],
}

test('pending and to-do tests are skipped ones', () => {
  expect(countTests(report)).toEqual({ passed: 5, failed: 1, skipped: 3 })
})

test('a test file that could not be loaded is a failure', () => {
  const broken = { ...report, numFailedTests: 0, testResults: [{ status: 'failed', assertionResults: [] }] }
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

test('counts add up and read well', () => {
  const sum = sumCounts([
    { passed: 5, failed: 1, skipped: 3 },
    { passed: 7, failed: 0, skipped: 0 },
  ])
  expect(formatCounts(sum)).toBe('12 passed, 1 failed, 3 skipped')
  expect(formatCounts({ ...sum, skipped: 0 })).toBe('12 passed, 1 failed')
})
