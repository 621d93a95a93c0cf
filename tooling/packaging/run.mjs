#!/usr/bin/env node
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChildFailedError } from '@msgr-tooling/setup/child-process'
import { step } from '@msgr-tooling/setup/progress'
import { listMembers, workspaceRoot } from '@msgr-tooling/setup/workspace'
import { findExamples, runExampleIn } from '@msgr-tooling/tidy/readme-example'
import { examineInstalled } from './src/examine-installed.mjs'
import { inPairs } from './src/in-pairs.mjs'
import { installTarballs, loadPackages } from './src/install-tarballs.mjs'
import { lintTarball } from './src/lint-tarball.mjs'
import { pack } from './src/pack.mjs'

/** @type {Record<string, string[]>} */
const REQUIRED_FILES = { '@msgr/posix': ['prebuilds/linux-x64/msgr-posix.node', 'native/shim.c'] }

// Packs every public package, lints the tarballs, installs all of them with npm into an empty folder and uses them
// there: what a user gets, not what the workspace links.

/** @param {string} dir an empty folder to work in */
async function checkPackages(dir) {
  const tarballDir = join(dir, 'tarballs')
  const installDir = join(dir, 'user')
  mkdirSync(tarballDir)
  mkdirSync(installDir)
  const members = listMembers(workspaceRoot).filter(({ group }) => group === 'packages')
  const names = members.map(({ manifest }) => manifest.name)

  const tarballs = await step(`pack ${members.length} packages`, () =>
    inPairs(members, (member) => pack(workspaceRoot, member, tarballDir)),
  )
  const lint = await step('publint and attw', () => inPairs(tarballs, ({ path }) => lintTarball(path)))
  await step('npm install of the tarballs', () => installTarballs(installDir, tarballs))
  const exportCounts = await step('import and require each', () => loadPackages(installDir, names))

  const objections = tarballs.flatMap(({ member, bytes }) => {
    const { name } = member.manifest
    const examined = examineInstalled(join(installDir, 'node_modules', name), REQUIRED_FILES[name])
    const sizes = `${kilobytes(bytes)} packed, ${kilobytes(examined.bytes)} in ${examined.fileCount} files`
    console.log(`${name.padEnd(26)} ${sizes}, ${exportCounts[name]} exports`)
    return examined.objections.map((objection) => `${name} ${objection}`)
  })
  return [...lint.flat(), ...objections, ...(await runRootExamples(installDir))]
}

/**
 * @param {string} installDir
 * @returns {Promise<string[]>}
 */
async function runRootExamples(installDir) {
  const readme = join(workspaceRoot, 'README.md')
  if (!existsSync(readme)) return ['README.md is missing']
  const examples = findExamples(readFileSync(readme, 'utf8'))
  const runs = await step(`run ${examples.length} examples of README.md`, () =>
    inPairs(examples, ({ code }) => runExampleIn(installDir, code)),
  )
  return runs.flatMap(({ problem }) => (problem === undefined ? [] : [`README.md: the example fails: ${problem}`]))
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`
}

const dir = mkdtempSync(join(tmpdir(), 'msgr-packaging-'))
try {
  const objections = await checkPackages(dir)
  for (const objection of objections) console.log(objection)
  console.log(`packaging: ${objections.length} objections`)
  if (objections.length > 0) process.exitCode = 1
} catch (error) {
  if (!(error instanceof ChildFailedError)) throw error
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(dir, { recursive: true, force: true })
}
