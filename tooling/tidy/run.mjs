#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceRoot } from '@msgr-tooling/setup/workspace'
import { withImportTable } from './src/check-contributing.mjs'
import { formatFinding } from './src/finding.mjs'
import { runChecks } from './src/run-checks.mjs'
import { openWorkspaceTree } from './src/workspace-tree.mjs'

// Prints every finding as path:line: message and a count; exits 1 if there is any. --write first brings the import
// table in CONTRIBUTING.md up to date.
const tree = openWorkspaceTree(workspaceRoot)
if (process.argv.includes('--write')) {
  writeFileSync(join(workspaceRoot, 'CONTRIBUTING.md'), withImportTable(tree.read('CONTRIBUTING.md')))
}
const findings = await runChecks(tree)
for (const finding of findings) console.log(formatFinding(finding))
console.log(`tidy: ${findings.length} findings in ${tree.files.length} files`)
if (findings.length > 0) process.exitCode = 1
