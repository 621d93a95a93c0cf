/** @import { Finding } from './finding.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

const MAX_LINES = 400

/**
 * A source has at most 400 lines. eslint limits functions.
 *
 * @param {WorkspaceTree} tree
 * @returns {Finding[]}
 */
export function checkFileSize(tree) {
  const sources = tree.files.filter((path) => /^(packages|apps|tooling)\/.*\.(ts|js|mjs)$/.test(path))
  return sources.flatMap((path) => {
    const lines = tree.read(path).replace(/\n$/, '').split('\n').length
    const message = `${lines} lines: a file is one concept and has at most ${MAX_LINES}`
    return lines > MAX_LINES ? [{ path, line: MAX_LINES + 1, message }] : []
  })
}
