import { readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

/** @typedef {{ passed: number, failed: number, skipped: number }} TestCounts */

/**
 * The parts of vitest's JSON report that are counted.
 *
 * @typedef {object} VitestReport
 * @property {boolean} success
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {VitestFile[]} testResults
 *
 * @typedef {object} VitestFile
 * @property {string} name its path
 * @property {string} status
 * @property {string} message why the file itself could not be loaded; empty where it could
 * @property {{ status: string, fullName: string, failureMessages: string[] }[]} assertionResults one for each test
 */

/** The file that vitest-preset lets vitest write into a member's folder. */
export const TEST_REPORT = 'test-report.json'

/**
 * The counts of one report. What failed without a failed test counts as one: each file that could not be loaded, or a
 * run that found no test at all.
 *
 * @param {VitestReport} report
 * @returns {TestCounts}
 */
export function countTests(report) {
  const unloadable = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const failed = report.numFailedTests + unloadable.length
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/**
 * One line for each failure of a member's report: the file, the test and the first line of what it said.
 *
 * @param {VitestReport} report
 * @param {string} root
 * @param {string} dir of the member, relative to root
 * @returns {string[]}
 */
export function listFailures(report, root, dir) {
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    if (status === 'failed' && assertionResults.length === 0) return [`${file}: ${firstLine(message)}`]
    return assertionResults
      .filter((test) => test.status === 'failed')
      .map(({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages[0])}`)
  })
  return failures.length === 0 && !report.success ? [`${dir}: no test ran, or an error outside of one`] : failures
}

/** @param {string | undefined} text */
function firstLine(text) {
  return text?.split('\n', 1)[0] || 'no reason given'
}

/**
 * The report of a member's last test run, or undefined if it left none.
 *
 * @param {string} root
 * @param {string} dir relative to root
 * @returns {VitestReport | undefined}
 */
export function readTestReport(root, dir) {
  let text
  try {
    text = readFileSync(join(root, dir, TEST_REPORT), 'utf8')
  } catch {
    return undefined
  }
  return JSON.parse(text)
}

/**
 * The counts of a member's last test run, or undefined if it left no report.
 *
 * @param {string} root
 * @param {string} dir relative to root
 * @returns {TestCounts | undefined}
 */
export function readTestCounts(root, dir) {
  const report = readTestReport(root, dir)
  return report && countTests(report)
}

/**
 * Removes the reports of earlier runs, so that what is counted afterwards is of this run.
 *
 * @param {string} root
 * @param {readonly string[]} dirs relative to root
 */
export function removeTestReports(root, dirs) {
  for (const dir of dirs) rmSync(join(root, dir, TEST_REPORT), { force: true })
}

/**
 * The sum of counts.
 *
 * @param {readonly TestCounts[]} counts
 * @returns {TestCounts}
 */
export function sumCounts(counts) {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const { passed, failed, skipped } of counts) {
    sum.passed += passed
    sum.failed += failed
    sum.skipped += skipped
  }
  return sum
}

/**
 * One line for people.
 *
 * @param {TestCounts} counts
 */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
