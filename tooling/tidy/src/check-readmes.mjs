import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { findExamples, installedPackages, runExampleWith } from './readme-example.mjs'

/** @import { Finding } from './finding.mjs' */
/** @import { ReadmeExample } from './readme-example.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

/**
 * The README of the root and of every package has an example that runs as it stands, with just the packages that the
 * README tells to install, and prints what the README says. It runs against what was built.
 *
 * @param {WorkspaceTree} tree
 * @returns {Promise<Finding[]>}
 */
export async function checkReadmes(tree) {
  const packages = tree.members.filter(({ group }) => group === 'packages').map(({ dir }) => dir)
  /** @type {Finding[]} */
  const findings = []
  for (const dir of ['.', ...packages]) {
    const path = dir === '.' ? 'README.md' : `${dir}/README.md`
    if (tree.files.includes(path)) findings.push(...(await checkReadme(tree, dir, path)))
    else findings.push({ path, line: 1, message: 'is missing' })
  }
  return findings
}

/**
 * @param {WorkspaceTree} tree
 * @param {string} dir
 * @param {string} path
 * @returns {Promise<Finding[]>}
 */
async function checkReadme(tree, dir, path) {
  const markdown = tree.read(path)
  const examples = findExamples(markdown)
  if (examples.length === 0) return [{ path, line: 1, message: 'no ```js block below a line <!-- example -->' }]
  const names = installedPackages(markdown)
  if (names.length === 0) return [{ path, line: 1, message: 'no "npm install" line that names a package' }]

  const installed = new Map(names.map((name) => [name, locate(tree, dir, name)]))
  const absent = names.find((name) => installed.get(name) === undefined)
  if (absent !== undefined) return [{ path, line: 1, message: `${absent}, which it tells to install, is not here` }]
  const runs = examples.map((example) => checkExample(path, example, /** @type {Map<string, string>} */ (installed)))
  return (await Promise.all(runs)).flat()
}

/**
 * @param {WorkspaceTree} tree
 * @param {string} dir
 * @param {string} name
 * @returns {string | undefined}
 */
function locate(tree, dir, name) {
  const member = tree.members.find(({ manifest }) => manifest.name === name)
  if (member !== undefined) return join(tree.root, member.dir)
  const folder = join(tree.root, dir, 'node_modules', name)
  return existsSync(folder) ? realpathSync(folder) : undefined
}

/**
 * @param {string} path
 * @param {ReadmeExample} example
 * @param {ReadonlyMap<string, string>} installed
 * @returns {Promise<Finding[]>}
 */
async function checkExample(path, { code, line, output }, installed) {
  const { problem, stdout } = await runExampleWith(code, installed)
  if (problem !== undefined) return [{ path, line, message: `the example fails: ${problem}` }]
  if (output === undefined || stdout === output.text) return []
  const expected = output.text.split('\n')
  const actual = stdout.split('\n')
  const index = expected.findIndex((content, at) => content !== actual[at])
  const at = index < 0 ? expected.length - 1 : index
  const message = `the example prints ${JSON.stringify(actual[at] ?? 'nothing')}, not ${JSON.stringify(expected[at])}`
  return [{ path, line: output.line + 1 + at, message }]
}
