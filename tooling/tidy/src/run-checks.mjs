import { checkAbsolutePaths } from './check-absolute-paths.mjs'
import { checkChangesets } from './check-changesets.mjs'
import { checkContributing } from './check-contributing.mjs'
import { checkEntries } from './check-entries.mjs'
import { checkFileNames } from './check-file-names.mjs'
import { checkFileSize } from './check-file-size.mjs'
import { checkImports } from './check-imports.mjs'
import { checkManifests } from './check-manifests.mjs'
import { checkOptionTable } from './check-option-table.mjs'
import { checkReadmes } from './check-readmes.mjs'

/** @import { Finding } from './finding.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

/** @type {((tree: WorkspaceTree) => Finding[] | Promise<Finding[]>)[]} */
const CHECKS = [
  checkManifests,
  checkImports,
  checkEntries,
  checkFileNames,
  checkFileSize,
  checkAbsolutePaths,
  checkChangesets,
  checkContributing,
  checkOptionTable,
  checkReadmes,
]

/**
 * Everything that is not as the house rules want it, in the order of the checks.
 *
 * @param {WorkspaceTree} tree
 * @returns {Promise<Finding[]>}
 */
export async function runChecks(tree) {
  /** @type {Finding[]} */
  const findings = []
  for (const check of CHECKS) findings.push(...(await check(tree)))
  return findings
}
