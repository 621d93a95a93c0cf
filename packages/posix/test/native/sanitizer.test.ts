import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { buildPrograms, packageRoot, run } from '../built-program.ts'
import { describeNeeding, missingShim } from '../requirement.ts'

// The whole workload, in a plain node process into which the sanitizers' runtime is loaded first: with AddressSanitizer
// (also for leaks) and UndefinedBehaviorSanitizer, by both compilers, since each sees what the other does not.

interface Compiler {
  readonly name: 'gcc' | 'clang'
  readonly runtime: string
  readonly flags: readonly string[]
}

const compilers: readonly Compiler[] = [
  { name: 'gcc', runtime: 'libasan.so', flags: [] },
  {
    name: 'clang',
    runtime: `libclang_rt.asan-${{ arm64: 'aarch64' }[process.arch as string] ?? 'x86_64'}.so`,
    flags: ['-shared-libasan'],
  },
]

const SANITIZE = ['-std=c11', '-DNAPI_VERSION=8', '-g', '-O1', '-fPIC', '-shared', '-fno-sanitize-recover=all']

/** Undefined if the compiler has the sanitizers: it must link a program with them. */
function missingSanitizer({ name, flags }: Compiler): string | undefined {
  const args = ['-fsanitize=address,undefined', ...flags, '-x', 'c', '-', '-o', '/dev/null']
  const { status } = spawnSync(name, args, { input: 'int main(void) { return 0; }\n' })
  return status === 0 ? undefined : `there is no ${name} with AddressSanitizer`
}

describeNeeding(missingShim, 'under the sanitizers', () => {
  compilers.forEach((compiler) => {
    describeNeeding(missingSanitizer(compiler), compiler.name, () => {
      let root: string
      let env: Record<string, string>

      beforeAll(async () => {
        root = await buildPrograms(`sanitizer-${compiler.name}`, ['run-workload'])
        const asked = spawnSync(compiler.name, [`-print-file-name=${compiler.runtime}`], { encoding: 'utf8' })
        // Node itself does not give back all its memory at the end. With two frames to a report, an allocation of its
        // own names node in the second, and one of the shim names the shim, whoever has called that.
        writeFileSync(join(root, 'suppressions'), `leak:${process.execPath}\nleak:libstdc++\n`)
        env = {
          LD_PRELOAD: realpathSync(asked.stdout.trim()),
          ASAN_OPTIONS: 'detect_leaks=1:malloc_context_size=2',
          // In quotes, as there may be a space in the path.
          LSAN_OPTIONS: `suppressions='${join(root, 'suppressions')}':print_suppressions=0`,
          UBSAN_OPTIONS: 'print_stacktrace=1',
        }
      })

      test.each([
        ['overflow', 'runtime error|heap-buffer-overflow'],
        ['leak', 'LeakSanitizer: detected memory leaks'],
        ['undefined', 'runtime error: shift exponent 40'],
      ])('find a defect of the kind: %s', async (defect, report) => {
        const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers') as { include_dir: string }
        const source = join(packageRoot, 'test', 'programs', 'canary.c')
        const canary = join(root, `${defect}.node`)
        const flags = [...SANITIZE, '-fsanitize=address,undefined', ...compiler.flags, `-I${headers}`]
        expect(await run(compiler.name, [...flags, source, '-o', canary])).toMatchObject({ code: 0 })
        // Often enough that no copy of the pointer that a register or the stack still holds hides the leak.
        const program = `for (let i = 0; i < 50; i++) require(${JSON.stringify(canary)}).${defect}()`
        const { code, stderr } = await run(process.execPath, ['-e', program], env)
        expect(code).not.toBe(0)
        expect(stderr).toMatch(new RegExp(report))
      })

      test('find none in the shim', { timeout: 120_000 }, async () => {
        const binary = join(root, 'prebuilds', `linux-${process.arch}`, 'msgr-posix.node')
        const build = [join(packageRoot, 'native', 'build.mjs'), '--sanitize', `--compiler=${compiler.name}`]
        expect(await run(process.execPath, [...build, `--out=${binary}`])).toMatchObject({ code: 0 })
        const program = [join(root, 'dist', 'run-workload.mjs'), '3']
        const outcome = await run(process.execPath, ['--expose-gc', ...program], env)
        expect(outcome).toEqual({ code: 0, stdout: 'workload passed\n', stderr: '' })
      })
    })
  })
})
