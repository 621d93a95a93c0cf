#!/usr/bin/env node
import { countTests, listFailures, readTestReport, removeTestReports, sumCounts } from './src/test-reports.mjs'
import { listMembers, workspaceRoot } from './src/workspace.mjs'

// For .ci/run: prints how many tests passed and failed by the reports that are there, then a line for each failure, and
// removes the reports, so that no test is counted twice.
const dirs = listMembers(workspaceRoot).map(({ dir }) => dir)
const counts = []
const failures = []
for (const dir of dirs) {
  const report = readTestReport(workspaceRoot, dir)
  if (report === undefined) continue
  counts.push(countTests(report))
  failures.push(...listFailures(report, workspaceRoot, dir))
}
removeTestReports(workspaceRoot, dirs)
const { passed, failed } = sumCounts(counts)
console.log(`${passed} ${failed}`)
for (const line of failures) console.log(line)
