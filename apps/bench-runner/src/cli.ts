#!/usr/bin/env node
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CommanderError } from 'commander'
import { chooseSuites } from './choose-suites.ts'
import { parseCommandLine, type BenchOptions } from './command-line.ts'
import { contestSuite } from './contest-suite.ts'
import { contests } from './contests.ts'
import { echoSuite } from './echo-suite.ts'
import { BenchError } from './errors.ts'
import { fanInSuite } from './fan-in-suite.ts'
import { heartbeatSuite } from './heartbeat-suite.ts'
import { htmlReport } from './html-report.ts'
import { idleSuite } from './idle-suite.ts'
import { jsonReport } from './json-report.ts'
import { describeMachine, renderMachine } from './machine.ts'
import { findPackageBenches, findWorkspaceRoot } from './package-benches.ts'
import { packageSuites } from './package-suite.ts'
import { Peers } from './peers.ts'
import { progressOn } from './progress.ts'
import { runSuites } from './run-suites.ts'
import { scalingSuite } from './scaling-suite.ts'
import type { Suite } from './suite.ts'
import { threadsSuite } from './threads-suite.ts'

/** The command line made no sense. */
const EXIT_CODE_OF_MISUSE = 2

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function complain(text: string): void {
  process.stderr.write(text)
}

/** Every suite there is, the first one being what a hurried run is content with. A new suite is one more entry. */
function knownSuites(): readonly Suite[] {
  const root = findWorkspaceRoot(fileURLToPath(new URL('.', import.meta.url)))
  return [
    ...[echoSuite, threadsSuite, ...contests.map(contestSuite), heartbeatSuite, fanInSuite, idleSuite, scalingSuite],
    ...packageSuites(root, findPackageBenches(root)),
  ]
}

/** A path that cannot be written to had better be noticed now than after the run. */
function checkWritable(option: string, path: string | undefined): void {
  if (path === undefined) return
  try {
    closeSync(openSync(path, 'a'))
  } catch (cause) {
    throw new BenchError('ERR_BENCH_ARGUMENT', `${option}: expected a file that can be written, got ${path}`, cause)
  }
}

/** Peers are installed when a suite first needs them, but not for a hurried look. What fails is said, and no more. */
function preparePeers(isQuick: boolean): () => Promise<void> {
  let preparing: Promise<void> | undefined
  const install = async (): Promise<void> => {
    const peers = new Peers()
    if (peers.areInstalled || isQuick) return
    complain('Installing what the messengers and packages are compared with…\n')
    await peers.install().catch((error: unknown) => {
      if (!(error instanceof BenchError)) throw error
      complain(`${error.message}\n`)
    })
  }
  return () => (preparing ??= install())
}

async function run(args: readonly string[], { suites, isQuick, jsonPath, htmlPath }: BenchOptions): Promise<number> {
  const chosen = chooseSuites(knownSuites(), suites, isQuick)
  checkWritable('--json', jsonPath)
  checkWritable('--html', htmlPath)
  const machine = describeMachine(args)
  print(renderMachine(machine))
  const outcome = await runSuites(chosen, {
    isQuick,
    progress: progressOn(process.stderr),
    preparePeers: preparePeers(isQuick),
    print,
  })
  const { results, leftOut, failures } = outcome
  for (const { suite, subject, reason } of leftOut) complain(`left out of ${suite}: ${subject}: ${reason}\n`)
  for (const failure of failures) complain(`failed: ${failure}\n`)
  if (jsonPath !== undefined) {
    writeFileSync(jsonPath, `${JSON.stringify(jsonReport(machine, results, leftOut), undefined, 2)}\n`)
  }
  if (htmlPath !== undefined) writeFileSync(htmlPath, htmlReport(machine, outcome))
  return failures.length === 0 ? 0 : 1
}

try {
  const args = process.argv.slice(2)
  const help = (text: string): void => {
    process.stdout.write(text)
  }
  process.exitCode = await run(args, parseCommandLine(args, { help, complain }))
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODE_OF_MISUSE
  } else if (error instanceof BenchError && error.code === 'ERR_BENCH_ARGUMENT') {
    complain(`error: ${error.message}\n`)
    process.exitCode = EXIT_CODE_OF_MISUSE
  } else {
    throw error
  }
}
