#!/usr/bin/env node
// Compiles the shim with the C compiler alone: no node-gyp, no make, no Python.
//
//   node native/build.mjs                  prebuilds/linux-<arch>/msgr-posix.node for this machine, and for arm64 where
//                                          a cross compiler is found; does nothing that is done already
//     --require                            fails where there is no compiler, instead of saying so and going on
//     --out=FILE                           only for this machine, written to FILE
//     --compiler=NAME                      that one, instead of $CC, cc, gcc or clang
//     --sanitize=NAME                      address: with AddressSanitizer and UndefinedBehaviorSanitizer; thread: with
//                                          ThreadSanitizer. Needs --out
//     --kqueue                             on macOS or a BSD: prebuilds/<system>-<arch>/msgr-posix.node, with the part
//                                          that is needed for kqueue, which has not been tried; else nothing is done there
//     --objects=DIR                        compiles into DIR, an object for each source, and links nothing
//     --system=NAME                        with --objects: for linux, darwin, freebsd, netbsd, openbsd or dragonfly
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const nativeDir = dirname(fileURLToPath(import.meta.url))
const packageRoot = dirname(nativeDir)

const { values: options } = parseArgs({
  options: {
    require: { type: 'boolean', default: false },
    out: { type: 'string' },
    compiler: { type: 'string' },
    sanitize: { type: 'string' },
    kqueue: { type: 'boolean', default: false },
    system: { type: 'string', default: process.platform },
    objects: { type: 'string' },
  },
})

const FLAGS = ['-std=c11', '-DNAPI_VERSION=8', '-Wall', '-Wextra', '-Werror', '-fPIC']

// NetBSD hides kqueue from strict C unless asked, and has sets of 256 descriptors, where all others have 1024.
const KQUEUE_FLAGS = ['-D_NETBSD_SOURCE', '-DFD_SETSIZE=1024']
const KQUEUE_SOURCES = ['descriptors.c', 'event-loop.c', 'kqueue.c', 'loop-callback.c', 'select.c', 'shim.c', 'watch.c']

/** What is compiled for a system, how, and the header by which a compiler shows that it can. */
const LINUX = {
  header: 'sys/epoll.h',
  isSource: (name) => name !== 'kqueue.c',
  flags: [...FLAGS, '-D_GNU_SOURCE'],
}
const KQUEUE = {
  header: 'sys/event.h',
  isSource: (name) => KQUEUE_SOURCES.includes(name),
  flags: [...FLAGS, ...KQUEUE_FLAGS],
}
const SYSTEMS = { linux: LINUX, darwin: KQUEUE, freebsd: KQUEUE, netbsd: KQUEUE, openbsd: KQUEUE, dragonfly: KQUEUE }

// The binary names no library it needs. What it calls is found in the process that loads it, whichever C library that
// has; so neither the stack protector nor fortified calls may add names that only some of them know.
const RELEASE = [
  '-shared',
  '-O2',
  '-fvisibility=hidden',
  '-fno-stack-protector',
  '-U_FORTIFY_SOURCE',
  '-nostdlib',
  '-s',
]

const SANITIZE = ['-shared', '-O1', '-g', '-fno-omit-frame-pointer']
const SANITIZERS = {
  address: ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
  thread: ['-fsanitize=thread'],
}

/** Runs a command: its exit status and all it printed. A command that does not exist has the status null. */
function run(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options })
  return { status, output: `${stdout ?? ''}${stderr ?? ''}` }
}

/** The first of the compilers that runs and has the headers of a C library; with its version. */
function findCompiler(candidates, header) {
  for (const name of candidates) {
    // $CC may be `ccache gcc`, and a path may have spaces.
    const [command, ...args] = existsSync(name) ? [name] : name.split(' ')
    const { status, output: version } = run(command, [...args, '--version'])
    if (status !== 0) continue
    const input = `#include <sys/types.h>\n#include <${header}>\n`
    const probe = run(command, [...args, '-fsyntax-only', '-x', 'c', '-'], { input })
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

/** The sources of a system, in a fixed order. */
function sourcesOf(system) {
  return readdirSync(nativeDir)
    .filter((name) => name.endsWith('.c') && system.isSource(name))
    .sort()
    .map((name) => join(nativeDir, name))
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
  try {
    const link = [`-Wl,--build-id=0x${buildId}`, `-I${headers}`, ...sourcesOf(LINUX), '-o', unfinished]
    runCompiler(compiler, [...flags, ...link])
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
  renameSync(unfinished, out)
  console.log(`posix: ${name} (${statSync(out).size} bytes) by ${compiler.name}`)
}

function runCompiler(compiler, args, cwd) {
  const { status, output } = run(compiler.command, [...compiler.args, ...args], { cwd })
  if (status !== 0) throw new Error(`${compiler.name} failed\n${output}`)
}

/** Makes the binary of a system that has kqueue, which is this one. */
function compileForKqueue(compiler, out) {
  // Mach-O has no shared objects that are also loaded as modules, nor any with names that nobody defines yet.
  const kind = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']
  mkdirSync(dirname(out), { recursive: true })
  const files = [`-I${findHeaders()}`, ...sourcesOf(KQUEUE), '-o', out]
  runCompiler(compiler, [...KQUEUE.flags, ...kind, '-O2', '-fvisibility=hidden', ...files])
  console.log(`posix: ${relative(process.cwd(), out)} by ${compiler.name}`)
}

/** Makes an object of each source, without a linker, and so for any system whose headers are there. */
function compileObjects(compiler, system, dir) {
  mkdirSync(dir, { recursive: true })
  const sources = sourcesOf(system)
  runCompiler(compiler, [...system.flags, '-O2', `-I${findHeaders()}`, '-c', ...sources], dir)
  const names = sources.map((file) => basename(file)).join(' ')
  console.log(`posix: ${names} compiled by ${compiler.name}`)
}

function prebuild(arch) {
  return join(packageRoot, 'prebuilds', `${process.platform}-${arch}`, 'msgr-posix.node')
}

function checkSanitize({ sanitize, out }) {
  if (!Object.hasOwn(SANITIZERS, sanitize)) throw new Error(`--sanitize=${sanitize}: expected address or thread`)
  if (out === undefined) throw new Error('--sanitize makes no prebuild: give --out')
}

function sanitizeFlags(compiler) {
  // Loaded into a node that knows nothing of it, the runtime has to be the shared one. GCC's is, by default.
  const shared = compiler.version.includes('clang') ? ['-shared-libasan'] : []
  return [...LINUX.flags, ...SANITIZE, ...SANITIZERS[options.sanitize], ...shared]
}

function main() {
  if (options.sanitize !== undefined) checkSanitize(options)
  const system = SYSTEMS[options.system]
  const isAsked = system === LINUX || options.kqueue || options.objects !== undefined
  if (system === undefined || !isAsked) {
    console.log(`posix: nothing to compile on ${options.system}; the shim is for Linux only`)
    return
  }
  const usual = [process.env.CC ?? '', 'cc', 'gcc', 'clang'].filter((name) => name !== '')
  const candidates = options.compiler === undefined ? usual : [options.compiler]
  const compiler = findCompiler(candidates, system.header)
  if (compiler === undefined) {
    const message = `no working C compiler (tried ${candidates.join(', ')}): the shim is not compiled`
    if (options.require || options.out !== undefined || options.objects !== undefined) throw new Error(message)
    console.log(`posix: ${message}; everything but async-messenger works without it`)
  } else if (options.objects !== undefined) {
    compileObjects(compiler, system, options.objects)
  } else if (options.system !== process.platform) {
    throw new Error(`--system=${options.system} makes no binary on ${process.platform}: give --objects`)
  } else if (system === KQUEUE) {
    compileForKqueue(compiler, options.out ?? prebuild(process.arch))
  } else if (options.out !== undefined) {
    const isSanitized = options.sanitize !== undefined
    compile(compiler, isSanitized ? sanitizeFlags(compiler) : [...LINUX.flags, ...RELEASE], options.out)
  } else {
    buildForLinux(compiler)
  }
}

function buildForLinux(compiler) {
  const flags = [...LINUX.flags, ...RELEASE]
  compile(compiler, flags, prebuild(process.arch))
  const cross = process.arch === 'arm64' ? undefined : findCompiler(['aarch64-linux-gnu-gcc'], LINUX.header)
  if (cross !== undefined) compile(cross, flags, prebuild('arm64'))
}

try {
  main()
} catch (error) {
  console.error(`posix: ${error.message}`)
  process.exitCode = 1
}
