#!/usr/bin/env node
import { KeyringError } from '@msgr/auth'
import { MessengerError } from '@msgr/messenger'
import { CommanderError } from 'commander'
import { parseCommandLine, type CommandLine } from './command-line.ts'
import { runDemo } from './demo.ts'
import { JsonView } from './json-view.ts'
import { LiveView } from './live-view.ts'
import { runOsd } from './osd-command.ts'
import { runPing } from './ping-command.ts'
import { PlainView } from './plain-view.ts'

/** The command line made no sense, or what it asks for cannot even begin. */
const EXIT_CODE_OF_MISUSE = 2

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(text: string): void {
  process.stderr.write(text)
}

function run(commandLine: CommandLine): Promise<number> {
  switch (commandLine.command) {
    case 'demo': {
      const { options, view } = commandLine
      return runDemo(options, (stage) => {
        if (view === 'json') return new JsonView(print)
        return view === 'auto' && process.stdout.isTTY
          ? new LiveView(stage, process.stdout)
          : new PlainView(stage, print)
      })
    }
    case 'ping':
      return runPing(commandLine.options, print)
    case 'osd':
      return runOsd(commandLine.options, print)
  }
}

try {
  process.exitCode = await run(parseCommandLine(process.argv.slice(2), { help: printAsIs, complain }))
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODE_OF_MISUSE
  } else if (error instanceof MessengerError || error instanceof KeyringError) {
    complain(`error: ${error.message}\n`)
    process.exitCode = EXIT_CODE_OF_MISUSE
  } else {
    throw error
  }
}

function printAsIs(text: string): void {
  process.stdout.write(text)
}
