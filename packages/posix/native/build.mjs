#!/usr/bin/env node
// Compiles the shim with the C compiler alone: no node-gyp, no make, no Python.
//
//   node native/build.mjs                  prebuilds/linux-<arch>/msgr-posix.node for this machine, and for arm64 where
//                                          a cross compiler is found; does nothing that is done already
//     --require                            fails where there is no compiler, instead of saying so and going on
//     --out=FILE                           only for this machine, written to FILE
//     --compiler=NAME                      that one, instead of $CC, cc, gcc or clang
//     --sanitize                           with AddressSanitizer and UndefinedBehaviorSanitizer; needs --out
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const nativeDir = dirname(fileURLToPath(import.meta.url))
const packageRoot = dirname(nativeDir)

const { values: options } = parseArgs({
  options: {
    require: { type: 'boolean', default: false },
    out: { type: 'string' },
    compiler: { type: 'string' },
    sanitize: { type: 'boolean', default: false },
  },
})

const FLAGS = ['-std=c11', '-D_GNU_SOURCE', '-DNAPI_VERSION=8', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared']

// The binary names no library it needs. What it calls is found in the process that loads it, whichever C library that
// has; so neither the stack protector nor fortified calls may add names that only some of them know.
const RELEASE = ['-O2', '-fvisibility=hidden', '-fno-stack-protector', '-U_FORTIFY_SOURCE', '-nostdlib', '-s']

const SANITIZE = ['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=address,undefined', '-fno-sanitize-recover=all']

/** Runs a command: its exit status and all it printed. A command that does not exist has the status null. */
function run(command, args, input = '') {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', input })
  return { status, output: `${stdout ?? ''}${stderr ?? ''}` }
}

/** The first of the compilers that runs and has the headers of a C library; with its version. */
function findCompiler(candidates) {
  for (const name of candidates) {
    const [command, ...args] = name.split(' ') // $CC may be `ccache gcc`
    const { status, output: version } = run(command, [...args, '--version'])
    if (status !== 0) continue
    const probe = run(command, [...args, '-fsyntax-only', '-x', 'c', '-'], '#include <sys/epoll.h>\n')
    if (probe.status === 0) return { name, command, args, version }
  }
  return undefined
}

/** The directory of node_api.h: the development dependency's, or that of the Node which runs this. */
function findHeaders() {
  const besideNode = join(dirname(dirname(process.execPath)), 'include', 'node')
  try {
    return createRequire(import.meta.url)('node-api-headers').include_dir
  } catch {
    if (existsSync(join(besideNode, 'node_api.h'))) return besideNode
    throw new Error(`node_api.h is neither in the package node-api-headers (not installed) nor in ${besideNode}`)
  }
}

/** Compiles into `out` unless that holds the outcome of the same sources, flags and compiler. */
function compile(compiler, flags, out) {
  const headers = findHeaders()
  const sources = readdirSync(nativeDir).filter((name) => /\.[ch]$/.test(name))
  const digest = createHash('sha256').update(JSON.stringify([flags, compiler.version]))
  for (const name of sources.sort()) digest.update(name).update(readFileSync(join(nativeDir, name)))
  for (const name of readdirSync(headers).sort()) digest.update(readFileSync(join(headers, name)))

  // The digest of all that goes in is the build id that the linker writes into the binary: no file of time stamps to
  // lose, and a binary that came out of a cache is known for what it is.
  const buildId = digest.digest('hex').slice(0, 40)
  const name = relative(process.cwd(), out)
  if (existsSync(out) && readFileSync(out).includes(Buffer.from(buildId, 'hex'))) {
    console.log(`posix: ${name} is up to date`)
    return
  }

  mkdirSync(dirname(out), { recursive: true })
  // A process that has the old binary loaded keeps it, and no process ever finds half of the new one.
  const unfinished = `${out}.${process.pid}.tmp`
  const files = sources.filter((file) => file.endsWith('.c')).map((file) => join(nativeDir, file))
  const args = [...compiler.args, ...flags, `-Wl,--build-id=0x${buildId}`, `-I${headers}`, ...files, '-o', unfinished]
  const { status, output } = run(compiler.command, args)
  if (status !== 0) {
    rmSync(unfinished, { force: true })
    throw new Error(`${compiler.name} failed\n${output}`)
  }
  renameSync(unfinished, out)
  console.log(`posix: ${name} (${statSync(out).size} bytes) by ${compiler.name}`)
}

function prebuild(arch) {
  return join(packageRoot, 'prebuilds', `linux-${arch}`, 'msgr-posix.node')
}

function sanitizeFlags(compiler) {
  // Loaded into a node that knows nothing of it, the runtime has to be the shared one. GCC's is, by default.
  return [...FLAGS, ...SANITIZE, ...(compiler.version.includes('clang') ? ['-shared-libasan'] : [])]
}

function main() {
  if (options.sanitize && options.out === undefined) throw new Error('--sanitize makes no prebuild: give --out')
  if (process.platform !== 'linux') {
    console.log(`posix: nothing to compile on ${process.platform}; the shim is for Linux only`)
    return
  }
  const usual = [process.env.CC ?? '', 'cc', 'gcc', 'clang'].filter((name) => name !== '')
  const candidates = options.compiler === undefined ? usual : [options.compiler]
  const compiler = findCompiler(candidates)
  if (compiler === undefined) {
    const message = `no working C compiler (tried ${candidates.join(', ')}): the shim is not compiled`
    if (options.require || options.out !== undefined) throw new Error(message)
    console.log(`posix: ${message}; everything but async-messenger works without it`)
    return
  }
  if (options.out !== undefined) {
    compile(compiler, options.sanitize ? sanitizeFlags(compiler) : [...FLAGS, ...RELEASE], options.out)
    return
  }
  compile(compiler, [...FLAGS, ...RELEASE], prebuild(process.arch))
  const cross = process.arch === 'arm64' ? undefined : findCompiler(['aarch64-linux-gnu-gcc'])
  if (cross !== undefined) compile(cross, [...FLAGS, ...RELEASE], prebuild('arm64'))
}

try {
  main()
} catch (error) {
  console.error(`posix: ${error.message}`)
  process.exitCode = 1
}
