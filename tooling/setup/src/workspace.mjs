import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} Manifest the fields of a package.json that the tooling reads
 * @property {string} name
 * @property {string} [version]
 * @property {boolean} [private]
 * @property {string} [packageManager]
 * @property {Record<string, string>} [scripts]
 * @property {string | Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * @typedef {object} Member one package, application or tool of the workspace
 * @property {string} group the folder it is in: 'packages', 'apps' or 'tooling'
 * @property {string} shortName its folder's name, for example 'event-driver'
 * @property {string} dir its folder relative to the root, with '/' between the parts
 * @property {Manifest} manifest
 */

/** The root folder of this clone. */
export const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '')

/**
 * The package.json of a folder.
 *
 * @param {string} dir
 * @returns {Manifest}
 */
export function readManifest(dir) {
  return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
}

/**
 * All members of the workspace, in the order of pnpm-workspace.yaml and of their names.
 *
 * @param {string} root
 * @returns {Member[]}
 */
export function listMembers(root) {
  const groups = parseWorkspaceGroups(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'))
  return groups.flatMap((group) => {
    const names = existsSync(join(root, group)) ? readdirSync(join(root, group)).sort() : []
    const present = names.filter((name) => existsSync(join(root, group, name, 'package.json')))
    return present.map((shortName) => {
      const dir = `${group}/${shortName}`
      return { group, shortName, dir, manifest: readManifest(join(root, dir)) }
    })
  })
}

/**
 * The folders named under `packages:` in pnpm-workspace.yaml, each of which is written as `- folder/*`. No YAML
 * parser is at hand before anything is installed; any other form is refused.
 *
 * @param {string} yaml
 * @returns {string[]}
 */
export function parseWorkspaceGroups(yaml) {
  const lines = yaml.split('\n')
  const start = lines.indexOf('packages:')
  if (start < 0) throw new Error('pnpm-workspace.yaml: expected a line "packages:"')
  const end = lines.findIndex((line, index) => index > start && /^[^\s#-]/.test(line))
  return lines
    .slice(start + 1, end < 0 ? undefined : end)
    .filter((line) => /^\s*-/.test(line))
    .map((line) => {
      const match = /^\s*-\s*['"]?([\w-]+)\/\*['"]?\s*$/.exec(line)
      if (match?.[1] === undefined) throw new Error(`pnpm-workspace.yaml: expected "- folder/*", got ${line.trim()}`)
      return match[1]
    })
}
