import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describeNeeding, run } from '@msgr-tooling/native-tests'
import { expect, test } from 'vitest'
import { packageRoot } from '../built-program.ts'

// A look only, of a few seconds; `npm run fuzz -- --target shim` does it for as long as one likes.
const RUNS = 200_000
const dir = join(packageRoot, 'node_modules', '.cache', 'test-fuzz')

/** Undefined if clang is there with libFuzzer. */
function missingLibFuzzer(): string | undefined {
  const program =
    '#include <stddef.h>\nint LLVMFuzzerTestOneInput(const char *d, size_t n) { return d == 0 && n == 1; }\n'
  const args = ['-fsanitize=fuzzer,address,undefined', '-x', 'c', '-', '-o', '/dev/null']
  return spawnSync('clang', args, { input: program }).status === 0 ? undefined : 'there is no clang with libFuzzer'
}

describeNeeding(missingLibFuzzer(), 'the shim between a JavaScript and a kernel that are made up', () => {
  test('stays within the memory it is given and answers what it should', { timeout: 240_000 }, async () => {
    rmSync(dir, { recursive: true, force: true })
    mkdirSync(dir, { recursive: true })
    const program = join(dir, 'shim-fuzz')
    const build = join(packageRoot, 'test', 'native', 'fuzz', 'build.mjs')
    expect(await run(process.execPath, [build, program])).toMatchObject({ code: 0 })
    const { code, stderr } = await run(program, [
      `-runs=${RUNS}`,
      '-seed=1',
      '-max_len=1024',
      '-print_funcs=0',
      `-artifact_prefix=${dir}/`,
    ])
    const telling = stderr.split('\n').filter((line) => /broken promise|runtime error|ERROR:|native\//.test(line))
    expect({ code, telling }).toEqual({ code: 0, telling: [] })
    expect(stderr).toContain(`Done ${RUNS} runs`)
  })
})
