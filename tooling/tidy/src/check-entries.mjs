import ts from 'typescript'

/** @import { Finding } from './finding.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

/**
 * Every package has one src/index.ts, which only re-exports by name; no file of a package has a default export; and
 * errors live in one errors.ts.
 *
 * @param {WorkspaceTree} tree
 * @returns {Finding[]}
 */
export function checkEntries(tree) {
  const packages = tree.members.filter(({ group }) => group === 'packages')
  return packages.flatMap(({ dir }) => {
    const entry = `${dir}/src/index.ts`
    const sources = tree.files.filter((path) => path.startsWith(`${dir}/src/`) && path.endsWith('.ts'))
    /** @type {Finding[]} */
    const findings = []
    if (!sources.includes(entry)) findings.push({ path: dir, line: 1, message: 'src/index.ts is missing' })
    for (const path of sources) {
      const source = ts.createSourceFile(path, tree.read(path), ts.ScriptTarget.Latest)
      if (path === entry) findings.push(...checkEntry(source))
      else if (path.endsWith('/index.ts')) findings.push({ path, line: 1, message: 'a second index.ts in one package' })
      findings.push(...checkDefaultExports(source))
    }
    const errorFiles = sources.filter((path) => path.endsWith('/errors.ts'))
    const spare = errorFiles.slice(1)
    findings.push(...spare.map((path) => ({ path, line: 1, message: `errors are already in ${errorFiles[0]}` })))
    return findings
  })
}

/**
 * @param {ts.SourceFile} source
 * @returns {Finding[]}
 */
function checkEntry(source) {
  const strangers = source.statements.filter((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) return true
    return statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)
  })
  return strangers.map((statement) =>
    findingAt(source, statement, "an entry has only lines of the form export { name } from './file.ts'"),
  )
}

/**
 * @param {ts.SourceFile} source
 * @returns {Finding[]}
 */
function checkDefaultExports(source) {
  const defaults = source.statements.filter((statement) => {
    if (ts.isExportAssignment(statement)) return true
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      return statement.exportClause.elements.some((element) => element.name.text === 'default')
    }
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []
    return modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  })
  return defaults.map((statement) => findingAt(source, statement, 'no default exports'))
}

/**
 * @param {ts.SourceFile} source
 * @param {ts.Node} node
 * @param {string} message
 * @returns {Finding}
 */
function findingAt(source, node, message) {
  return {
    path: source.fileName,
    line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
    message,
  }
}
