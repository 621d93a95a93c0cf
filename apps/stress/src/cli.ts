#!/usr/bin/env node
import { CommanderError } from 'commander'
import { listenForCallOff } from './called-off.ts'
import { parseCommandLine, type StressCommand } from './command-line.ts'
import { StressError } from './errors.ts'
import { renderPlan, renderSummary } from './render.ts'
import { runStress } from './run-stress.ts'

/** The command line made no sense. */
const EXIT_CODE_OF_MISUSE = 2

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function complain(text: string): void {
  process.stderr.write(text)
}

async function run({ preset, plan, patienceMs, json }: StressCommand): Promise<number> {
  if (!json) print(renderPlan(preset, plan))
  const callOff = listenForCallOff()
  const summary = await runStress(plan, { preset, patienceMs, complain, calledOff: callOff.came })
  callOff.stopListening()
  if (summary === undefined) return callOff.came
  print(json ? JSON.stringify(summary) : renderSummary(summary))
  return summary.ok ? 0 : 1
}

try {
  const help = (text: string): void => {
    process.stdout.write(text)
  }
  process.exitCode = await run(parseCommandLine(process.argv.slice(2), { help, complain }))
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODE_OF_MISUSE
  } else if (error instanceof StressError) {
    complain(`error: ${error.message}\n`)
    process.exitCode = error.code === 'ERR_STRESS_ARGUMENT' ? EXIT_CODE_OF_MISUSE : 1
  } else {
    throw error
  }
}
