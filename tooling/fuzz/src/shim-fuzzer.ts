import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keptInputs } from './corpus.ts'
import { ArgumentError } from './errors.ts'
import { recordFinding, type Finding } from './finding.ts'
import { workspacePath } from './hex-file.ts'
import { MAX_INPUT_LENGTH } from './mutate.ts'
import type { TargetFigures } from './report.ts'

/** The name of the target that is written in C. */
export const SHIM_TARGET = 'shim'

const CACHE = 'tooling/fuzz/node_modules/.cache/shim'

/** Why the shim cannot be fuzzed here, if it cannot. */
export function missingForShim(): string | undefined {
  const args = ['-fsanitize=fuzzer,address', '-x', 'c', '-', '-o', '/dev/null']
  const program =
    '#include <stddef.h>\n#include <stdint.h>\nint LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) { return d == 0 && n == 1; }\n'
  const { status } = spawnSync('clang', args, { input: program })
  return status === 0 ? undefined : 'there is no clang with libFuzzer (Debian: clang, libclang-rt-14-dev)'
}

/** Compiles the fuzzer of the shim. Returns its path. */
function compile(): string {
  const program = workspacePath(`${CACHE}/shim-fuzz`)
  const build = workspacePath('packages/posix/test/native/fuzz/build.mjs')
  const { status, stderr } = spawnSync(process.execPath, [build, program], { encoding: 'utf8' })
  if (status !== 0) throw new ArgumentError(`the fuzzer of the shim does not compile:\n${stderr}`)
  return program
}

/** Runs libFuzzer on the shim. `seconds` may be infinite, and so may `inputs`, but not both. */
export async function fuzzShim(options: {
  readonly inputs: number
  readonly seconds: number
  readonly seed: number
}): Promise<{ figures: TargetFigures; finding: Finding | undefined }> {
  const program = compile()
  const dir = workspacePath(`${CACHE}/run`)
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(join(dir, 'corpus'), { recursive: true })
  for (const [i, { bytes }] of keptInputs(SHIM_TARGET).entries()) writeFileSync(join(dir, 'corpus', String(i)), bytes)

  const args = [
    `-seed=${Math.max(1, options.seed)}`,
    `-max_len=${MAX_INPUT_LENGTH}`,
    '-print_final_stats=1',
    '-timeout=20',
    '-print_funcs=0',
  ]
  if (Number.isFinite(options.inputs)) args.push(`-runs=${Math.ceil(options.inputs)}`)
  if (Number.isFinite(options.seconds)) args.push(`-max_total_time=${Math.ceil(options.seconds)}`)
  const startMs = performance.now()
  const { exitCode, output } = await runProgram(program, [...args, `-artifact_prefix=${dir}/`, join(dir, 'corpus')])
  const stat = (name: string): number => Number(new RegExp(`stat::${name}:\\s*(\\d+)`).exec(output)?.[1] ?? 0)
  const inputs = stat('number_of_executed_units')
  const figures = {
    inputs,
    signatures: readdirSync(join(dir, 'corpus')).length,
    inputsPerSecond: Math.round((inputs * 1000) / (performance.now() - startMs)),
  }
  return { figures, finding: exitCode === 0 ? undefined : findingFrom(dir, output, options.seed) }
}

/** Runs one input. Returns what the program complained of, if it did. */
export async function runShimInput(bytes: Uint8Array): Promise<string | undefined> {
  const program = compile()
  const file = workspacePath(`${CACHE}/input`)
  writeFileSync(file, bytes)
  const { exitCode, output } = await runProgram(program, [file])
  return exitCode === 0 ? undefined : complaintIn(output)
}

function findingFrom(dir: string, output: string, seed: number): Finding {
  const artifact = readdirSync(dir).find((name) => /^(crash|leak|timeout|oom|slow-unit)-/.test(name))
  const bytes = artifact === undefined ? new Uint8Array(0) : readFileSync(join(dir, artifact))
  const complaint = complaintIn(output)
  return recordFinding(
    SHIM_TARGET,
    bytes,
    complaint,
    complaint,
    `Found by: npm run fuzz -- --target shim --seed ${seed}`,
  )
}

/** The lines that say what is wrong and where, of all that libFuzzer prints. */
function complaintIn(output: string): string {
  const telling = output
    .split('\n')
    .filter((line) => /broken promise|runtime error|ERROR:|packages\/posix\/native/.test(line))
  return telling.slice(0, 12).join('\n') || output.slice(-2000)
}

function runProgram(program: string, args: readonly string[]): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const chunks: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString() })
    })
  })
}
