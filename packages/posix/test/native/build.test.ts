import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join, relative } from 'node:path'
import { describeNeeding, missingCommand, type Outcome, run } from '@msgr-tooling/native-tests'
import { describe, expect, test } from 'vitest'
import { type NativeBinding } from '../../src/native-binding.ts'
import { packageRoot } from '../built-program.ts'
import { missingShim } from '../missing-shim.ts'

const script = join(packageRoot, 'native', 'build.mjs')

/** What `node native/build.mjs` does on a system that it takes for another. */
function buildOn(platform: string, args: readonly string[]): Promise<Outcome> {
  const program = `Object.defineProperty(process, 'platform', { value: '${platform}' }); import(${JSON.stringify(script)})`
  return run(process.execPath, ['-e', program, '--', ...args])
}

/** A new, empty directory. */
function scratch(name: string): string {
  const directory = join(packageRoot, 'node_modules', '.cache', 'test-native', name)
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  return directory
}

/** A package of its own whose shim is a single line of C, and what `node native/build.mjs` does there. */
interface SmallPackage {
  readonly root: string
  readonly source: string
  readonly binary: string
  readonly build: (env?: Record<string, string>) => Promise<Outcome>
}

function smallPackage(name: string): SmallPackage {
  const root = scratch(name)
  const source = join(root, 'native', 'shim.c')
  mkdirSync(join(root, 'native'))
  copyFileSync(script, join(root, 'native', 'build.mjs'))
  writeFileSync(source, 'int shim(int a) { return a; }\n')
  return {
    root,
    source,
    binary: join(root, 'prebuilds', `linux-${process.arch}`, 'msgr-posix.node'),
    build: (env = {}) => run(process.execPath, [join(root, 'native', 'build.mjs')], env),
  }
}

describe.each(['gcc', 'clang'])('%s', (compiler) => {
  describeNeeding(missingCommand(compiler), 'as the compiler', () => {
    test('has no warning, and makes a binary that works', async () => {
      const out = join(scratch(`compiled-by-${compiler}`), 'shim.node')
      const { code, stdout, stderr } = await run(process.execPath, [script, `--compiler=${compiler}`, `--out=${out}`])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(new RegExp(`^posix: .*shim\\.node \\(\\d+ bytes\\) by ${compiler}\\n$`))
      const binding = createRequire(import.meta.url)(out) as NativeBinding
      expect(binding.crc32c(Buffer.from('foo bar baz'), 0, 0, 11)).toBe(4119623852)
      expect(binding.crc32cPortable(Buffer.from('foo bar baz'), 0, 0, 11)).toBe(4119623852)
    })
  })
})

describeNeeding(missingCommand('cc'), 'build.mjs', () => {
  test('does nothing when all is done, and compiles again when a source has changed', async () => {
    const { source, binary, build } = smallPackage('up-to-date')
    expect((await build()).stdout).toContain('bytes) by ')
    const first = readFileSync(binary)
    const { mtimeMs } = statSync(binary)

    expect((await build()).stdout).toMatch(/^posix: .*msgr-posix\.node is up to date$/m)
    expect(statSync(binary).mtimeMs).toBe(mtimeMs)

    // Not newer than the binary, as after a checkout of another commit: times must not matter.
    writeFileSync(source, 'int shim(int a) { return a + 1; }\n')
    utimesSync(source, new Date(0), new Date(0))
    expect((await build()).stdout).toContain('bytes) by ')
    expect(readFileSync(binary).equals(first)).toBe(false)
    expect(readdirSync(join(binary, '..'))).toEqual(['msgr-posix.node'])
  })

  test('makes the same bytes from the same sources', async () => {
    const { binary, build } = smallPackage('reproducible')
    await build()
    const first = readFileSync(binary)
    rmSync(binary)
    await build()
    expect(readFileSync(binary).equals(first)).toBe(true)
  })

  test('fails with what the compiler said, and leaves the binary that was there', async () => {
    const { source, binary, build } = smallPackage('broken')
    await build()
    const before = readFileSync(binary)
    writeFileSync(source, 'int shim(int a) { return 1; }\n')
    const { code, stderr } = await build()
    expect(code).toBe(1)
    expect(stderr).toMatch(/unused parameter/)
    expect(readFileSync(binary).equals(before)).toBe(true)
    expect(readdirSync(join(binary, '..'))).toEqual(['msgr-posix.node'])
  })
})

describe.runIf(process.platform === 'linux')('without a compiler build.mjs', () => {
  const line =
    /^posix: no working C compiler \(tried cc, gcc, clang\): [^\n]*everything but async-messenger works without it\n$/

  test('says so in one line, and does not fail', async () => {
    const { code, stdout, stderr } = await smallPackage('no-compiler').build({ PATH: '/nowhere', CC: '' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(line)
  })

  test('takes one that has no C library for none', async () => {
    const { root, build } = smallPackage('no-headers')
    const path = join(root, 'bin')
    mkdirSync(path)
    writeFileSync(join(path, 'cc'), '#!/bin/sh\n[ "$1" = --version ] && echo cc 1.0\n')
    chmodSync(join(path, 'cc'), 0o755)
    const { code, stdout } = await build({ PATH: path, CC: '' })
    expect(code).toBe(0)
    expect(stdout).toMatch(line)
  })

  test('fails if a binary is required, as it is for a package to be published', async () => {
    const { code, stdout, stderr } = await run(process.execPath, [script, '--require'], { PATH: '/nowhere', CC: '' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('no working C compiler')
  })

  test('tries $CC first', async () => {
    const { stdout } = await smallPackage('other-compiler').build({ PATH: '/nowhere', CC: '/opt/cc' })
    expect(stdout).toContain('tried /opt/cc, cc, gcc, clang')
  })
})

test.each([
  ['--sanitize=memory', 'expected address or thread'],
  ['--sanitize=thread', 'give --out'],
])('build.mjs %s is refused: %s', async (option, reason) => {
  const { code, stderr } = await run(process.execPath, [script, option])
  expect(code).toBe(1)
  expect(stderr).toContain(reason)
})

test.each(['darwin', 'freebsd', 'win32'])('on %s build.mjs has nothing to do, and says so', async (platform) => {
  const { code, stdout } = await buildOn(platform, [])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `posix: nothing to compile on ${platform}; the shim is for Linux only\n`,
  })
})

describe.runIf(process.platform === 'linux')('for kqueue build.mjs', () => {
  const kqueueSources = [
    'descriptors.c',
    'event-loop.c',
    'kqueue.c',
    'loop-callback.c',
    'select.c',
    'shim.c',
    'watch.c',
  ]

  /**
   * A compiler whose path has spaces. It prints its arguments, a line each, into a file, when it is not only asked whether
   * it is one.
   */
  function recordingCompiler(name: string): { compiler: string; args: () => string[] } {
    const directory = scratch(name)
    const compiler = join(directory, 'cc')
    const record = join(directory, 'record')
    const asks = '--version|-fsyntax-only'
    writeFileSync(compiler, `#!/bin/sh\ncase "$1" in ${asks}) ;; *) printf '%s\\n' "$@" > '${record}' ;; esac\n`)
    chmodSync(compiler, 0o755)
    return { compiler, args: () => readFileSync(record, 'utf8').trimEnd().split('\n') }
  }

  test.each([
    ['darwin', '-bundle', '-shared'],
    ['freebsd', '-shared', '-bundle'],
  ])('makes a module on %s when it is asked to, of what is there', async (platform, kind, otherKind) => {
    const { compiler, args } = recordingCompiler(`kqueue on ${platform}`)
    const out = join(scratch(`kqueue-out-${platform}`), 'shim.node')
    const { code, stdout } = await buildOn(platform, ['--kqueue', `--compiler=${compiler}`, `--out=${out}`])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `posix: ${relative(process.cwd(), out)} by ${compiler}\n` })
    expect(args()).toEqual(expect.arrayContaining(['-Werror', '-DFD_SETSIZE=1024', kind, '-o', out]))
    expect(args()).not.toContain(otherKind)
    const sources = args().filter((arg) => arg.endsWith('.c'))
    expect(sources.map((file) => basename(file))).toEqual(kqueueSources)
  })

  test('makes no binary of another system than this', async () => {
    const args = [script, '--system=darwin', '--kqueue', '--compiler=true']
    const { code, stderr } = await run(process.execPath, args)
    expect({ code, stderr: stderr.split('\n')[0] }).toEqual({
      code: 1,
      stderr: 'posix: --system=darwin makes no binary on linux: give --objects',
    })
  })

  test('compiles objects for another system, with its headers', async () => {
    const { compiler, args } = recordingCompiler('kqueue objects')
    const objects = scratch('objects')
    const options = ['--system=netbsd', `--compiler=${compiler}`, `--objects=${objects}`]
    expect(await run(process.execPath, [script, ...options])).toMatchObject({ code: 0 })
    expect(args()).toEqual(expect.arrayContaining(['-Werror', '-D_NETBSD_SOURCE', '-c']))
    // And not with those of this one.
    const { code, stderr } = await run(process.execPath, [script, '--system=netbsd', `--objects=${objects}`])
    expect(code).toBe(1)
    expect(stderr).toContain('no working C compiler')
  })

  test('compiles objects on Linux of all that Linux has, and of nothing else', async () => {
    const objects = scratch('objects-linux')
    expect(await run(process.execPath, [script, `--objects=${objects}`])).toMatchObject({ code: 0, stderr: '' })
    const sources = readdirSync(join(packageRoot, 'native')).filter(
      (name) => name.endsWith('.c') && name !== 'kqueue.c',
    )
    expect(readdirSync(objects).sort()).toEqual(sources.map((name) => name.replace(/c$/, 'o')).sort())
  })
})

// Names that a binary may ask of the process that loads it. glibc has had each of them since 2.9 (2008), getauxval since
// 2.16; musl has them all.
const ALLOWED = new Set(
  `__errno_location accept4 bind calloc close connect epoll_create1 epoll_ctl epoll_wait eventfd fcntl free getauxval
   getpeername getsockname getsockopt inet_ntop inet_pton listen memcpy memset pipe2 read recv sched_getaffinity
   sched_setaffinity select send sendmsg setsockopt shutdown socket socketpair write
   uv_backend_fd uv_backend_timeout uv_close uv_handle_get_data uv_handle_set_data uv_handle_size uv_idle_init
   uv_idle_start uv_idle_stop uv_poll_init uv_poll_start uv_prepare_init uv_prepare_start uv_ref uv_unref`.split(/\s+/),
)

describeNeeding(missingShim ?? missingCommand('readelf'), 'a prebuilt binary', () => {
  const prebuilds = join(packageRoot, 'prebuilds')
  const found = missingShim === undefined ? readdirSync(prebuilds) : []

  test('is there for this machine', () => {
    expect(found).toContain(`linux-${process.arch}`)
  })

  describe.each(found)('for %s', (target) => {
    const binary = join(prebuilds, target, 'msgr-posix.node')

    test('needs no library, and the names it needs of the process are few', async () => {
      const { stdout } = await run('readelf', ['--wide', '--dynamic', '--dyn-syms', binary])
      expect(stdout).toContain('Dynamic section')
      expect(stdout).not.toContain('NEEDED')
      expect(stdout).not.toContain('TEXTREL')
      const symbols = [...stdout.matchAll(/^ +\d+: [0-9a-f]+ +\d+ +\w+ +(\w+) +\w+ +(UND|\d+) (\w+)/gm)].map(
        ([, binding, section, name = '']) => ({ name, isWeak: binding === 'WEAK', isDefined: section !== 'UND' }),
      )
      const asked = symbols.filter(({ isDefined }) => !isDefined)
      const needed = asked.filter(({ isWeak }) => !isWeak).map(({ name }) => name)
      expect(needed.length).toBeGreaterThan(40)
      expect(needed.filter((name) => !name.startsWith('napi_') && !ALLOWED.has(name))).toEqual([])
      const wanted = asked.filter(({ isWeak }) => isWeak).map(({ name }) => name)
      expect(wanted.filter((name) => !/^(EVP|ERR)_/.test(name))).toEqual([])
      const defined = symbols.filter(({ isDefined }) => isDefined).map(({ name }) => name)
      expect(defined.sort()).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1'])
    })

    // No globals: nothing that threads could share. What can be written is only what the loader fills in.
    test('has no variables', async () => {
      const { stdout } = await run('readelf', ['--wide', '--sections', binary])
      expect(stdout).toContain('.text')
      expect(stdout).not.toMatch(/ \.(data|bss|tbss|tdata) /)
    })

    test('is small', () => {
      expect(statSync(binary).size).toBeLessThan(100_000)
    })
  })
})
