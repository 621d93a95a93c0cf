import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

// What users look at before they take a package, looked at after an install from the tarball.

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']
const EXPECTED_ENTRIES = ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'native', 'package.json', 'prebuilds']
const REQUIRED_ENTRIES = ['LICENSE', 'README.md', 'dist', 'package.json']

/**
 * @typedef {object} Examination
 * @property {string[]} objections
 * @property {number} fileCount
 * @property {number} bytes of all files
 */

/**
 * Examines an installed package.
 *
 * @param {string} dir
 * @param {readonly string[]} [requiredFiles] files that this package in particular must have
 * @returns {Examination}
 */
export function examineInstalled(dir, requiredFiles = []) {
  const entries = readdirSync(dir).filter((entry) => entry !== 'node_modules')
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
  const required = [...REQUIRED_ENTRIES, ...entryFiles(manifest.exports?.['.']), ...requiredFiles]
  const sizes = fileSizes(dir)
  return {
    objections: [
      ...INSTALL_SCRIPTS.filter((name) => name in (manifest.scripts ?? {})).map((name) => `has the script ${name}`),
      ...(entries.includes('binding.gyp') ? ['has a binding.gyp, which package managers build at install'] : []),
      ...entries.filter((entry) => !EXPECTED_ENTRIES.includes(entry)).map((entry) => `ships ${entry}`),
      ...required.filter((path) => !existsSync(join(dir, path))).map((path) => `lacks ${path}`),
      ...unresolvedVersions(manifest.dependencies ?? {}),
      ...(manifest.type === 'module' ? [] : ['is not of type module']),
      ...(manifest.license === 'MIT' ? [] : ['does not name its licence']),
    ],
    fileCount: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  }
}

/**
 * @param {Record<string, string> | undefined} conditions
 * @returns {string[]}
 */
function entryFiles(conditions) {
  return ['types', 'default'].map((condition) => conditions?.[condition] ?? `an entry for "${condition}"`)
}

/** @param {Record<string, string>} dependencies */
function unresolvedVersions(dependencies) {
  const unresolved = Object.entries(dependencies).filter(([, range]) => /^(workspace|catalog|file|link):/.test(range))
  return unresolved.map(([name, range]) => `depends on ${name} as ${range}, which only this workspace understands`)
}

/**
 * @param {string} dir
 * @returns {number[]}
 */
function fileSizes(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    if (entry.name === 'node_modules') return []
    return entry.isDirectory() ? fileSizes(path) : [statSync(path).size]
  })
}
