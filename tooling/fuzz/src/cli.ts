#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { CommanderError } from 'commander'
import { parseCommandLine, type CommandLine } from './command-line.ts'
import { ArgumentError } from './errors.ts'
import { renderFinding, type Finding } from './finding.ts'
import { fuzz, reportOf } from './fuzz.ts'
import { parseHex } from './hex-file.ts'
import { judge } from './judge.ts'
import { renderReport, type TargetFigures } from './report.ts'
import { fuzzShim, missingForShim, runShimInput, SHIM_TARGET } from './shim-fuzzer.ts'
import { findTarget, targets } from './targets/all.ts'

/** The command line made no sense. */
const EXIT_CODE_OF_MISUSE = 2
const HANG_SECONDS = 20
const MAX_HEAP_MIB = 512
const STACK_LIMIT = 20

const names = [...targets.map(({ name }) => name), SHIM_TARGET]

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function complain(text: string): void {
  process.stderr.write(text)
}

/** The targets that were asked for, or all that can be fuzzed here. */
function chosenTargets(asked: readonly string[]): readonly string[] {
  const unknown = asked.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new ArgumentError(`--target: expected one of ${names.join(', ')}, got ${unknown}`)
  const missing = asked.length === 0 || asked.includes(SHIM_TARGET) ? missingForShim() : undefined
  if (missing === undefined) return asked.length === 0 ? names : [...new Set(asked)]
  if (asked.length > 0) throw new ArgumentError(`--target shim: ${missing}`)
  if (process.env['MSGR_REQUIRE_ALL'] === '1') throw new ArgumentError(`MSGR_REQUIRE_ALL is set, but ${missing}`)
  complain(`left out: ${SHIM_TARGET}: ${missing}\n`)
  return names.filter((name) => name !== SHIM_TARGET)
}

/** What one input leads to. */
async function runFile(path: string, chosen: readonly string[]): Promise<number> {
  const [name, ...others] = chosen
  if (name === undefined || others.length > 0) throw new ArgumentError('--file: expected one --target with it')
  const bytes = parseHex(readFileSync(path, 'utf8'))
  let failure: string | undefined
  if (name === SHIM_TARGET) {
    failure = await runShimInput(bytes)
  } else {
    const verdict = judge(findTarget(name), bytes, STACK_LIMIT)
    failure = verdict.kind === 'failed' ? (verdict.error.stack ?? verdict.error.message) : undefined
  }
  print(failure === undefined ? `${name}: ${bytes.length} bytes, nothing found` : `${name}: ${failure}`)
  return failure === undefined ? 0 : 1
}

async function run(line: CommandLine): Promise<number> {
  if (line.file !== undefined) return runFile(line.file, line.targets)
  const chosen = chosenTargets(line.targets)
  const startMs = performance.now()
  const tell = (finding: Finding): void => {
    if (!line.isQuiet) complain(`${renderFinding(finding)}\n`)
  }
  const share = 1 / chosen.length
  const inThreads = chosen.filter((name) => name !== SHIM_TARGET)
  const ofThreads = inThreads.length * share
  const { seed } = line
  const threads = line.threads ?? availableParallelism()
  const module = new URL('lane-thread.js', import.meta.url)
  const { targets: figures, findings } = await fuzz(
    { targets: inThreads, inputs: line.inputs * ofThreads, seconds: line.seconds * ofThreads, seed },
    { module, threads, hangSeconds: HANG_SECONDS, maxHeapMib: MAX_HEAP_MIB },
    tell,
  )
  const all: Record<string, TargetFigures> = { ...figures }
  if (chosen.includes(SHIM_TARGET)) {
    const shim = await fuzzShim({ inputs: line.inputs * share, seconds: line.seconds * share, seed })
    all[SHIM_TARGET] = shim.figures
    if (shim.finding !== undefined) findings.push(shim.finding)
    if (shim.finding !== undefined) tell(shim.finding)
  }
  const seconds = Math.round((performance.now() - startMs) / 100) / 10
  const report = reportOf(all, { findings: findings.length, seed, seconds })
  if (!line.isQuiet) print(renderReport(report))
  print(JSON.stringify(report))
  return findings.length === 0 ? 0 : 1
}

try {
  const help = (text: string): void => {
    process.stdout.write(text)
  }
  process.exitCode = await run(parseCommandLine(process.argv.slice(2), names, { help, complain }))
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODE_OF_MISUSE
  } else if (error instanceof ArgumentError) {
    complain(`error: ${error.message}\n`)
    process.exitCode = EXIT_CODE_OF_MISUSE
  } else {
    throw error
  }
}
