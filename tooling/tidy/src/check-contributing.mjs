import { lineOf } from './finding.mjs'
import { importTable, renderImportTable } from './import-table.mjs'

/** @import { Finding } from './finding.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

const PATH = 'CONTRIBUTING.md'
const BLOCK = /(?<=<!-- import table -->)[^]*?(?=<!-- end of import table -->)/

/**
 * CONTRIBUTING.md shows the import table that is enforced.
 *
 * @param {WorkspaceTree} tree
 * @returns {Finding[]}
 */
export function checkContributing(tree) {
  if (!tree.files.includes(PATH)) return [{ path: PATH, line: 1, message: 'is missing' }]
  const text = tree.read(PATH)
  if (withImportTable(text) === text && BLOCK.test(text)) return []
  const message = 'does not show the import table as it is: run npm run tidy -- --write'
  return [{ path: PATH, line: lineOf(text, '<!-- import table -->'), message }]
}

/**
 * The text with the current table between its marks.
 *
 * @param {string} text
 */
export function withImportTable(text) {
  return text.replace(BLOCK, () => `\n\n${renderImportTable(importTable)}\n\n`)
}
