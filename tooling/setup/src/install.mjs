import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runQuietly } from './child-process.mjs'
import { say, step } from './progress.mjs'
import { Stamp, hashFiles } from './stamp.mjs'
import { toolCommand, toolEnvironment } from './tools.mjs'
import { listMembers, readManifest } from './workspace.mjs'

/**
 * Brings node_modules in line with the lockfile, unless it is already. Needs no network if nothing has changed.
 *
 * @param {string} root
 */
export async function install(root) {
  const stamp = new Stamp(join(root, 'node_modules/.cache/msgr/install'))
  const wanted = installKey(root)
  if (stamp.isCurrent(wanted) && missingModules(root).length === 0) return
  stamp.remove()

  const version = pinnedPnpmVersion(readManifest(root).packageManager)
  const pnpm = pnpmCommand(root, version)
  if (pnpm[0] === 'npx') say(`pnpm ${version} comes through npx, for this folder only`)
  // Never ask: no one can answer, because the output is kept back.
  const flags = ['--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false']
  await step('install dependencies', () =>
    runQuietly([...pnpm, 'install', ...flags], { cwd: root, env: toolEnvironment(root) }),
  )
  stamp.write(wanted)
}

/**
 * A hash of all that decides what node_modules holds. The root's own path is part of it, because pnpm writes it
 * into the programs' start scripts, and the Node-API and platform are, because packages with binaries go by them.
 *
 * @param {string} root
 */
export function installKey(root) {
  const manifests = listMembers(root).map(({ dir }) => `${dir}/package.json`)
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', ...manifests]
  return hashFiles(root, files, [root, process.platform, process.arch, process.versions.modules])
}

/**
 * The folders whose node_modules should be there after an install, and are not.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function missingModules(root) {
  const owners = listMembers(root).filter(({ manifest }) =>
    [manifest.dependencies, manifest.devDependencies].some((wanted) => Object.keys(wanted ?? {}).length > 0),
  )
  const folders = ['node_modules/.pnpm', ...owners.map(({ dir }) => `${dir}/node_modules`)]
  return folders.filter((folder) => !existsSync(join(root, folder)))
}

/**
 * The exact version in a `packageManager` field such as 'pnpm@10.34.8' or 'pnpm@10.34.8+sha512.…'.
 *
 * @param {string | undefined} packageManager
 */
export function pinnedPnpmVersion(packageManager) {
  const match = /^pnpm@(\d+\.\d+\.\d+)(?:\+.*)?$/.exec(packageManager ?? '')
  if (match?.[1] === undefined) throw new Error(`expected packageManager to be pnpm@x.y.z, got ${packageManager}`)
  return match[1]
}

/**
 * @param {string} root
 * @param {string} version
 * @returns {[string, ...string[]]} the installed pnpm if it has the pinned version, otherwise npx
 */
function pnpmCommand(root, version) {
  const dir = join(root, 'node_modules/pnpm')
  if (existsSync(dir) && readManifest(dir).version === version) return toolCommand(root, 'pnpm')
  return ['npx', '-y', `pnpm@${version}`]
}
