/** @import { Finding } from './finding.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

const FOLDERS_OF_ONE_MACHINE = ['work', 'tmp']
const PATTERN = new RegExp(`(^|[^\\w.~})\\]-])/(${FOLDERS_OF_ONE_MACHINE.join('|')})(?=$|[^\\w-])`)

/**
 * No file names a folder of one person's machine: what works must work in any clone, and on any machine.
 *
 * @param {WorkspaceTree} tree
 * @returns {Finding[]}
 */
export function checkAbsolutePaths(tree) {
  return tree.files.flatMap((path) => {
    const text = tree.read(path)
    if (text.includes('\0')) return []
    return text.split('\n').flatMap((content, index) => {
      const match = PATTERN.exec(content)
      return match === null ? [] : [{ path, line: index + 1, message: `absolute path /${match[2]}` }]
    })
  })
}
