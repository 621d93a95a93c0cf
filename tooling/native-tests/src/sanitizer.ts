import { spawnSync } from 'node:child_process'
import { realpathSync, rmSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll } from 'vitest'
import { describeNeeding } from './requirement.ts'
import { run, type Outcome } from './run-command.ts'

/**
 * Checks that a compiler puts into C, and the runtime that makes them. Node itself is not compiled with them, so that
 * the runtime has to be in the process before anything else is.
 */
export interface Sanitizer {
  readonly name: string
  readonly compiler: 'gcc' | 'clang'
  /**
   * `address`: AddressSanitizer, for leaks too, and UndefinedBehaviorSanitizer. `thread`: ThreadSanitizer, for data
   * races. What build.mjs takes after --sanitize.
   */
  readonly kind: 'address' | 'thread'
  /** What the compiler has to be given, to compile and to link. */
  readonly flags: readonly string[]
  /** The file of the runtime, as the compiler knows it. */
  readonly runtime: string
}

/**
 * Of both compilers, since each sees what the other does not; but ThreadSanitizer of gcc only, as clang's ends any node
 * that it is loaded into by a segmentation fault.
 */
export const sanitizers: readonly Sanitizer[] = [
  {
    name: 'AddressSanitizer of gcc',
    compiler: 'gcc',
    kind: 'address',
    flags: ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    runtime: 'libasan.so',
  },
  {
    name: 'AddressSanitizer of clang',
    compiler: 'clang',
    kind: 'address',
    flags: ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-shared-libasan'],
    runtime: `libclang_rt.asan-${{ arm64: 'aarch64' }[process.arch as string] ?? 'x86_64'}.so`,
  },
  {
    name: 'ThreadSanitizer of gcc',
    compiler: 'gcc',
    kind: 'thread',
    flags: ['-fsanitize=thread'],
    runtime: 'libtsan.so',
  },
]

/** Undefined if the compiler has the sanitizer, and node starts with it. For `describeNeeding`. */
export function missingSanitizer({ name, compiler, flags, runtime }: Sanitizer): string | undefined {
  const input = 'int main(void) { return 0; }\n'
  const linked = spawnSync(compiler, [...flags, '-x', 'c', '-', '-o', '/dev/null'], { input })
  if (linked.status !== 0) return `there is no ${name}`
  const env = { ...process.env, LD_PRELOAD: pathOf(compiler, runtime), ASAN_OPTIONS: 'detect_leaks=0' }
  const started = spawnSync(process.execPath, ['-e', ''], { env })
  return started.status === 0 ? undefined : `${name} cannot be loaded into node here`
}

/** Node processes with a sanitizer's runtime in them. */
export interface Sanitized {
  readonly sanitizer: Sanitizer
  /** Of this block alone, and empty when its tests begin. */
  readonly directory: string
  /** Runs node to its end. A defect that is found ends it with a code other than 0, and a report on stderr. */
  readonly runNode: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Outcome>
}

/** A describe block whose tests run node under one sanitizer, with files of their own below `cache`. */
export function describeUnder(sanitizer: Sanitizer, cache: string, body: (sanitized: Sanitized) => void): void {
  describeNeeding(missingSanitizer(sanitizer), `under ${sanitizer.name}`, () => {
    const directory = join(cache, `${sanitizer.kind}-${sanitizer.compiler}`)
    let env: Record<string, string> = {}
    // Not before: what is skipped has no compiler that could be asked.
    beforeAll(() => {
      rmSync(directory, { recursive: true, force: true })
      mkdirSync(directory, { recursive: true })
      const suppressions = join(directory, 'suppressions')
      writeFileSync(suppressions, SUPPRESSED_LEAKS)
      env = environmentOf(sanitizer, suppressions)
    })
    body({
      sanitizer,
      directory,
      runNode: (args, more) => run(process.execPath, args, { ...env, ...more }),
    })
  })
}

// Node itself does not give back all its memory at the end. With two frames to a report, an allocation of its own names
// node in the second, and one of the shim names the shim, whoever has called that.
const SUPPRESSED_LEAKS = `leak:${process.execPath}\nleak:libstdc++\n`

function environmentOf({ compiler, kind, runtime }: Sanitizer, suppressions: string): Record<string, string> {
  const preload = { LD_PRELOAD: pathOf(compiler, runtime) }
  // What node guards by atomic operations of its own looks unguarded, as those were not compiled to be seen. Only what
  // the sanitized code does counts; locks and descriptors through which threads wait for each other are seen anywhere.
  if (kind === 'thread') return { ...preload, TSAN_OPTIONS: 'ignore_noninstrumented_modules=1:halt_on_error=1' }
  return {
    ...preload,
    ASAN_OPTIONS: 'detect_leaks=1:malloc_context_size=2',
    // In quotes, as there may be a space in the path.
    LSAN_OPTIONS: `suppressions='${suppressions}':print_suppressions=0`,
    UBSAN_OPTIONS: 'print_stacktrace=1',
  }
}

function pathOf(compiler: string, runtime: string): string {
  return realpathSync(spawnSync(compiler, [`-print-file-name=${runtime}`], { encoding: 'utf8' }).stdout.trim())
}
