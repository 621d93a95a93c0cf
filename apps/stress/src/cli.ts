#!/usr/bin/env node
import { CommanderError } from 'commander'
import { listenForCallOff } from './called-off.ts'
import { parseCommandLine, type StressCommand } from './command-line.ts'
import { StressError } from './errors.ts'
import { renderFlood } from './flood-summary.ts'
import { renderPlan, renderSummary } from './render.ts'
import { runFlood } from './run-flood.ts'
import { runStress } from './run-stress.ts'

/** The command line made no sense. */
const EXIT_CODE_OF_MISUSE = 2

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function complain(text: string): void {
  process.stderr.write(text)
}

type Of<K extends StressCommand['kind']> = Extract<StressCommand, { kind: K }>

async function stress({ preset, plan, patienceMs, json }: Of<'run'>): Promise<number> {
  if (!json) print(renderPlan(preset, plan))
  const callOff = listenForCallOff()
  const summary = await runStress(plan, { preset, patienceMs, complain, calledOff: callOff.came })
  callOff.stopListening()
  if (summary === undefined) return callOff.came
  print(json ? JSON.stringify(summary) : renderSummary(summary))
  return summary.ok ? 0 : 1
}

async function flood({ plans, json }: Of<'flood'>): Promise<number> {
  const callOff = listenForCallOff()
  let exitCode = 0
  for (const plan of plans) {
    const summary = await runFlood(plan, callOff.came)
    if (summary === undefined) return callOff.came
    print(json ? JSON.stringify(summary) : renderFlood(summary))
    if (!summary.ok) exitCode = 1
  }
  callOff.stopListening()
  return exitCode
}

function run(command: StressCommand): Promise<number> {
  return command.kind === 'run' ? stress(command) : flood(command)
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
