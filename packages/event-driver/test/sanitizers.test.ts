import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSanitizedShim, describeUnder, sanitizers, type PlantedDefect } from '@msgr-tooling/native-tests'
import { build } from 'tsup'
import { beforeAll, expect, test } from 'vitest'

// The suites of the drivers and of the centers in several threads at once, in plain node processes that have a
// sanitizer's runtime in them, on a shim that was compiled for it.
const posixRoot = dirname(createRequire(import.meta.url).resolve('@msgr/posix/package.json'))
const packageRoot = fileURLToPath(new URL('..', import.meta.url))
const cache = join(packageRoot, 'node_modules', '.cache', 'test-sanitizers')
const THREADS = 2

const plantedDefects: Record<'address' | 'thread', readonly [name: string, defect: PlantedDefect, report: RegExp][]> = {
  address: [
    [
      'a number written behind the list of ready descriptors',
      { file: 'epoll.c', replace: [['  size_t room = ', '  out.data[out.count] = 0;\n  size_t room = ']] },
      /AddressSanitizer: heap-buffer-overflow .*epoll\.c:\d+ in posix_epoll_wait/,
    ],
  ],
  thread: [
    [
      'an event that all threads share',
      {
        file: 'epoll.c',
        replace: [
          ['  struct epoll_event event = {', '  static struct epoll_event event;\n  event = (struct epoll_event){'],
        ],
      },
      /ThreadSanitizer: data race .*epoll\.c:\d+ in posix_epoll_ctl/,
    ],
  ],
}

let program: string

beforeAll(async () => {
  program = await buildProgram()
})

/** Bundles drivers-in-threads.ts, with a small runner of its own in the place of vitest. */
async function buildProgram(): Promise<string> {
  const programs = join(packageRoot, 'test', 'programs')
  const runner = join(programs, 'suite-in-thread.ts')
  await build({
    config: false,
    entry: [join(programs, 'drivers-in-threads.ts')],
    outDir: join(cache, 'dist'),
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    target: 'node20',
    silent: true,
    external: ['fast-check'],
    esbuildPlugins: [
      {
        name: 'runner of suites',
        setup(bundler) {
          bundler.onResolve({ filter: /^vitest$/ }, ({ importer }) =>
            importer === runner ? { external: true } : { path: runner },
          )
        },
      },
    ],
  })
  return join(cache, 'dist', 'drivers-in-threads.mjs')
}

// The tests of the shim itself are run by clang's as well.
const ofGcc = sanitizers.filter(({ compiler }) => compiler === 'gcc')
ofGcc.forEach((sanitizer) => {
  describeUnder(sanitizer, cache, ({ directory, runNode }) => {
    // The loader of the binary looks for prebuilds/ in the folder that this names.
    const runProgram = (): ReturnType<typeof runNode> =>
      runNode([program, String(THREADS)], { '@MSGR/POSIX_PREBUILD': directory })

    test('drivers and centers find no defect', { timeout: 120_000 }, async () => {
      await buildSanitizedShim(sanitizer, posixRoot, directory)
      const { code, stdout, stderr } = await runProgram()
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(/^([4-9]\d) and \1 cases passed\n$/)
    })

    test.each(plantedDefects[sanitizer.kind])('%s is found', { timeout: 120_000 }, async (_, defect, report) => {
      await buildSanitizedShim(sanitizer, posixRoot, directory, defect)
      const { code, stderr } = await runProgram()
      expect(code).not.toBe(0)
      expect(stderr).toMatch(report)
    })
  })
})
