import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { listMembers } from '@msgr-tooling/setup/workspace'

/** @import { Member } from '@msgr-tooling/setup/workspace' */

/**
 * What the checks look at: the members of a workspace, and every file that git does not ignore.
 *
 * @typedef {object} WorkspaceTree
 * @property {string} root
 * @property {Member[]} members
 * @property {string[]} files relative to the root, with '/' between the parts, sorted
 * @property {(path: string) => string} read the text of one of the files
 */

/**
 * Reads the tree below a folder once.
 *
 * @param {string} root
 * @returns {WorkspaceTree}
 */
export function openWorkspaceTree(root) {
  const isIgnored = parseGitignore(readFileSync(join(root, '.gitignore'), 'utf8'))
  return {
    root,
    members: listMembers(root),
    files: listFiles(root, '', isIgnored).sort(),
    read: (path) => readFileSync(join(root, path), 'utf8'),
  }
}

/**
 * @param {string} root
 * @param {string} dir relative to the root; '' or ending in '/'
 * @param {(path: string, isFolder: boolean) => boolean} isIgnored
 * @returns {string[]}
 */
function listFiles(root, dir, isIgnored) {
  return readdirSync(join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    const path = `${dir}${entry.name}`
    if (entry.name === '.git' || isIgnored(path, entry.isDirectory())) return []
    return entry.isDirectory() ? listFiles(root, `${path}/`, isIgnored) : [path]
  })
}

/**
 * A test for what a .gitignore names. The forms that the root's has are understood: `folder/` and `name`, each at any
 * depth and with `*` for any letters; any other is refused, so that it is not misread in silence.
 *
 * @param {string} text
 * @returns {(path: string, isFolder: boolean) => boolean}
 */
export function parseGitignore(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const odd = lines.find((line) => !/^[\w.*-]+\/?$/.test(line))
  if (odd !== undefined) throw new Error(`.gitignore: expected folder/ or name, got ${odd}`)
  const rules = lines.map((line) => ({
    isForFolders: line.endsWith('/'),
    pattern: new RegExp(`^${line.replace('/', '').replaceAll('.', '\\.').replaceAll('*', '.*')}$`),
  }))
  return (path, isFolder) =>
    rules.some(({ isForFolders, pattern }) => (isFolder || !isForFolders) && pattern.test(basename(path)))
}
