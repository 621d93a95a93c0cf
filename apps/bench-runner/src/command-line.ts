import { Command } from 'commander'

/** What the runner was asked for. */
export interface BenchOptions {
  /** Names of suites; none for the usual ones. */
  readonly suites: readonly string[]
  readonly isQuick: boolean
  /** Where to write the results for programs. */
  readonly jsonPath: string | undefined
}

/** Where the parser puts its own text. */
export interface CommandLineOutput {
  readonly help: (text: string) => void
  readonly complain: (text: string) => void
}

const EPILOG = `
Suites: echo, and the benches of the packages: bufferlist, crc32c, driver, message, protocol, queue, ….
All of them run when none is named; with --quick, echo alone. A suite that is not echo knows no hurry.
How to read the table: apps/bench-runner/README.md`

/** Reads the arguments. Throws commander's `CommanderError` after help or a complaint was put out. */
export function parseCommandLine(args: readonly string[], output: CommandLineOutput): BenchOptions {
  const command = new Command('npm run bench --')
    .description('Measures the messengers against node:net, and the packages against others of their kind.')
    .option('--suite <name...>', 'run these suites only')
    .option('--quick', 'fewer and shorter rounds: for a look, not for figures', false)
    .option('--json <file>', 'write the results to a file as well')
    .addHelpText('after', EPILOG)
    .configureOutput({ writeOut: output.help, writeErr: output.complain })
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
  const { suite = [], quick, json } = command.opts<{ suite?: string[]; quick: boolean; json?: string }>()
  return { suites: suite, isQuick: quick, jsonPath: json }
}
