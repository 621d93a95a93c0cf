#!/usr/bin/env node
import { readTestCounts, removeTestReports, sumCounts } from './src/test-reports.mjs'
import { listMembers, workspaceRoot } from './src/workspace.mjs'

// For .ci/run: prints how many tests passed and failed by the reports that are there, and removes them, so that no
// test is counted twice.
const dirs = listMembers(workspaceRoot).map(({ dir }) => dir)
const counts = dirs.map((dir) => readTestCounts(workspaceRoot, dir)).filter((count) => count !== undefined)
removeTestReports(workspaceRoot, dirs)
const { passed, failed } = sumCounts(counts)
console.log(`${passed} ${failed}`)
