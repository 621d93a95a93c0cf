import { Command } from 'commander'

/** What the runner was asked for. */
export interface BenchOptions {
  /** Names of suites; none for the usual ones. */
  readonly suites: readonly string[]
  readonly isQuick: boolean
  /** Where to write the results for programs. */
  readonly jsonPath: string | undefined
  /** Where to write the report for people, with plots. */
  readonly htmlPath: string | undefined
}

/** Where the parser puts its own text. */
export interface CommandLineOutput {
  readonly help: (text: string) => void
  readonly complain: (text: string) => void
}

const EPILOG = `
Suites: echo, threads, fan-in, idle, scaling and heartbeat, of messengers; bufferlist, queue, crc32c and driver, of packages
against others of their kind; and those packages' own benches that have none: auth, dispatcher, message, ….
All of them run when none is named; with --quick, echo alone. A run that is not quick installs what it compares with.
How to read the tables: apps/bench-runner/README.md`

interface CommanderOptions {
  readonly suite?: readonly string[]
  readonly quick: boolean
  readonly json?: string
  readonly html?: string
}

/** Reads the arguments. Throws commander's `CommanderError` after help or a complaint was put out. */
export function parseCommandLine(args: readonly string[], output: CommandLineOutput): BenchOptions {
  const command = new Command('npm run bench --')
    .description('Measures the messengers against node:net, and the packages against others of their kind.')
    .option('--suite <name...>', 'run these suites only')
    .option('--quick', 'fewer and shorter rounds: for a look, not for figures', false)
    .option('--json <file>', 'write the results to a file as well')
    .option('--html <file>', 'write a report with plots, in one file that needs no other')
    .addHelpText('after', EPILOG)
    .configureOutput({ writeOut: output.help, writeErr: output.complain })
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
  const { suite = [], quick, json, html } = command.opts<CommanderOptions>()
  return { suites: suite, isQuick: quick, jsonPath: json, htmlPath: html }
}
