import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runQuietly } from '@msgr-tooling/setup/child-process'

/** @import { Tarball } from './pack.mjs' */

/**
 * Installs tarballs with npm into an empty folder, as a user would get them from the registry.
 *
 * @param {string} dir
 * @param {readonly Tarball[]} tarballs
 */
export async function installTarballs(dir, tarballs) {
  const dependencies = Object.fromEntries(tarballs.map(({ member, path }) => [member.manifest.name, `file:${path}`]))
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  await runQuietly(['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: dir,
    env: userEnvironment(),
  })
}

/**
 * Loads each package by its name, with import and with require, which must see the same names. Rejects if one does
 * not load.
 *
 * @param {string} dir
 * @param {readonly string[]} names
 * @returns {Promise<Record<string, number>>} how many names each exports
 */
export async function loadPackages(dir, names) {
  writeFileSync(
    join(dir, 'load.mjs'),
    `import { deepStrictEqual } from 'node:assert'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const counts = {}
for (const name of ${JSON.stringify(names)}) {
  const imported = Object.keys(await import(name))
  deepStrictEqual(Object.keys(require(name)).filter((key) => key !== '__esModule'), imported, name)
  counts[name] = imported.length
}
console.log(JSON.stringify(counts))
`,
  )
  const command = /** @type {const} */ ([process.execPath, '--no-warnings', 'load.mjs'])
  return JSON.parse(await runQuietly(command, { cwd: dir, env: userEnvironment() }))
}

/**
 * The environment without what npm and pnpm add for the scripts that they run, which would tell an npm below them
 * to do as they do.
 *
 * @returns {NodeJS.ProcessEnv}
 */
function userEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(npm|pnpm)_/i.test(key)))
}
