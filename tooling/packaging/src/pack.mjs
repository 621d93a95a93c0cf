import { statSync } from 'node:fs'
import { runQuietly } from '@msgr-tooling/setup/child-process'
import { toolCommand, toolEnvironment } from '@msgr-tooling/setup/tools'

/** @import { Member } from '@msgr-tooling/setup/workspace' */

/**
 * What `pnpm pack` made of a package.
 *
 * @typedef {object} Tarball
 * @property {Member} member
 * @property {string} path
 * @property {number} bytes
 */

/**
 * Packs a package as it would be published.
 *
 * @param {string} root
 * @param {Member} member
 * @param {string} destination a folder
 * @returns {Promise<Tarball>}
 */
export async function pack(root, member, destination) {
  const flags = ['--pack-destination', destination, '--json']
  const output = await runQuietly([...toolCommand(root, 'pnpm'), 'pack', ...flags], {
    cwd: `${root}/${member.dir}`,
    env: toolEnvironment(root),
  })
  // A prepack script may have written before it.
  const { filename } = JSON.parse(output.slice(output.indexOf('{\n')))
  return { member, path: filename, bytes: statSync(filename).size }
}
