import { lineOf } from './finding.mjs'
import { importTable } from './import-table.mjs'

/** @import { Member } from '@msgr-tooling/setup/workspace' */
/** @import { Finding } from './finding.mjs' */
/** @import { ImportRow } from './import-table.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

/**
 * Holds the dependencies of every package.json against the import table, and the table against the tree.
 *
 * @param {WorkspaceTree} tree
 * @param {readonly ImportRow[]} [table]
 * @returns {Finding[]}
 */
export function checkManifests(tree, table = importTable) {
  const unused = table.filter(({ dir }) => !tree.members.some((member) => member.dir === dir))
  const findings = unused.map(({ dir }) => {
    return { path: 'tooling/tidy/src/import-table.mjs', line: 1, message: `a row for ${dir}, which does not exist` }
  })
  return [...findings, ...tree.members.flatMap((member) => checkManifest(tree, member, table))]
}

/**
 * @param {WorkspaceTree} tree
 * @param {Member} member
 * @param {readonly ImportRow[]} table
 * @returns {Finding[]}
 */
function checkManifest(tree, member, table) {
  const path = `${member.dir}/package.json`
  const row = table.find(({ dir }) => dir === member.dir)
  if (row === undefined && member.group !== 'tooling') {
    return [{ path, line: 1, message: `${member.dir} has no row in the import table` }]
  }
  const text = tree.read(path)
  const unwanted = unwantedDependencies(tree, member, row ?? { dir: member.dir, mayImport: [] })
  return unwanted.map((name) => {
    const message = `dependency on ${name}: the import table does not allow it for ${member.dir}`
    return { path, line: lineOf(text, `"${name}":`), message }
  })
}

/**
 * @param {WorkspaceTree} tree
 * @param {Member} member
 * @param {ImportRow} row
 * @returns {string[]}
 */
function unwantedDependencies(tree, { group, manifest }, row) {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = manifest
  const shipped = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })
  const unwantedShipped = shipped.filter((name) => {
    const target = tree.members.find((candidate) => candidate.manifest.name === name)
    if (target === undefined) return group === 'packages' && row.external?.includes(name) !== true
    if (target.group === 'tooling') return group !== 'tooling'
    const allowed = target.group === 'apps' ? row.apps : row.mayImport
    return allowed?.includes(target.shortName) !== true
  })
  const applications = tree.members.filter((member) => member.group === 'apps').map((member) => member.manifest.name)
  const unwantedForTests = Object.keys(devDependencies ?? {}).filter((name) => applications.includes(name))
  return [...unwantedShipped, ...unwantedForTests]
}
