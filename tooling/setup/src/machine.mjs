import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Programs whose presence changes what a build makes or which tests can run. */
const PROGRAMS = ['clang', 'aarch64-linux-gnu-gcc', 'qemu-aarch64']

/**
 * The path of a program as the shell would find it, or undefined.
 *
 * @param {string} name a bare name, or a path, which is taken as it is
 * @param {string} [searchPath]
 * @returns {string | undefined}
 */
export function findProgram(name, searchPath = process.env['PATH'] ?? '') {
  const candidates = name.includes('/') ? [name] : searchPath.split(delimiter).map((dir) => join(dir || '.', name))
  return candidates.find(isExecutableFile)
}

/** @param {string} path */
function isExecutableFile(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/**
 * The C compiler that builds the native shim, or undefined. `CC` names another one than `cc`.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findCompiler(env = process.env) {
  return findProgram(env['CC'] || 'cc', env['PATH'])
}

/**
 * What is wrong with a machine that cannot build the shim, as one sentence, or undefined.
 *
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function compilerProblem(platform, env = process.env) {
  if (platform !== 'linux' || findCompiler(env) !== undefined) return undefined
  return `msgr builds a small native shim and finds no C compiler (${env['CC'] || 'cc'}): install one, for example with "apt-get install gcc libc6-dev", then run the same command again.`
}

/**
 * One line of what build and test results depend on besides the files of the workspace. Caches are keyed by it.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
export function describeMachine(env = process.env) {
  const programs = PROGRAMS.filter((name) => findProgram(name, env['PATH']) !== undefined)
  const compiler = findCompiler(env) ?? 'no-cc'
  return [process.platform, process.arch, `node-${process.versions.node}`, compiler, ...programs].join(' ')
}
