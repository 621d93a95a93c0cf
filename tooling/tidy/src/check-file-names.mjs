import { posix } from 'node:path'

/** @import { Finding } from './finding.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|test-d|bench|config|d))?\.(ts|js|mjs|c|h)$/
const SOURCE = /\.(ts|js|mjs|c|h)$/
const MEANINGLESS = /(^|-)(utils?|helpers?|common|types)$/

/**
 * Sources are named in kebab-case, for a concept: "utils" and the like name none. So are folders.
 *
 * @param {WorkspaceTree} tree
 * @returns {Finding[]}
 */
export function checkFileNames(tree) {
  const sources = tree.files.filter((path) => /^(packages|apps|tooling)\//.test(path) && SOURCE.test(path))
  return sources.flatMap((path) => {
    const name = posix.basename(path)
    const messages = []
    if (!KEBAB_CASE.test(name)) messages.push(`${name} is not kebab-case`)
    const parts = [...posix.dirname(path).split('/'), name.replace(/\..*$/, '')]
    const empty = parts.find((part) => MEANINGLESS.test(part))
    if (empty !== undefined) messages.push(`"${empty}" names no concept`)
    return messages.map((message) => ({ path, line: 1, message }))
  })
}
