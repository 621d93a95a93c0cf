/** @import { Finding } from './finding.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

const CHANGESET = /^\.changeset\/(?!README)[^/]+\.md$/
const RELEASE = /^(['"])(.+)\1: (patch|minor|major)$/

/**
 * Every changeset names packages that exist and says something; every package has a changelog, or a changeset that
 * will begin it.
 *
 * @param {WorkspaceTree} tree
 * @returns {Finding[]}
 */
export function checkChangesets(tree) {
  const packages = tree.members.filter(({ group }) => group === 'packages')
  const names = new Set(packages.map(({ manifest }) => manifest.name))
  const mentioned = new Set()
  const findings = tree.files
    .filter((path) => CHANGESET.test(path))
    .flatMap((path) => {
      const { releases, messages } = readChangeset(tree.read(path))
      for (const { name } of releases) mentioned.add(name)
      const strangers = releases.filter(({ name }) => !names.has(name))
      const objections = strangers.map(({ name, line }) => ({
        line,
        message: `${name} is no package of the workspace`,
      }))
      return [...messages, ...objections].map((objection) => ({ path, ...objection }))
    })
  const silent = packages.filter(
    ({ dir, manifest }) => !tree.files.includes(`${dir}/CHANGELOG.md`) && !mentioned.has(manifest.name),
  )
  const unheard = silent.map(({ dir, manifest }) => {
    return { path: `${dir}/package.json`, line: 1, message: `${manifest.name} has no changelog and no changeset` }
  })
  return [...findings, ...unheard]
}

/**
 * @param {string} text
 * @returns {{ releases: { name: string, line: number }[], messages: { line: number, message: string }[] }}
 */
function readChangeset(text) {
  const lines = text.split('\n')
  const end = lines.indexOf('---', 1)
  if (lines[0] !== '---' || end < 0) {
    return { releases: [], messages: [{ line: 1, message: 'expected front matter between two lines ---' }] }
  }
  /** @type {{ name: string, line: number }[]} */
  const releases = []
  /** @type {{ line: number, message: string }[]} */
  const messages = []
  for (let index = 1; index < end; index++) {
    const match = RELEASE.exec(lines[index] ?? '')
    if (match?.[2] === undefined)
      messages.push({ line: index + 1, message: "expected 'package': patch, minor or major" })
    else releases.push({ name: match[2], line: index + 1 })
  }
  if (
    lines
      .slice(end + 1)
      .join('')
      .trim() === ''
  ) {
    messages.push({ line: end + 1, message: 'a changeset tells the user of the package what changes for them' })
  }
  return { releases, messages }
}
