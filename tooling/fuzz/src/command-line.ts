import { Command, InvalidArgumentError } from 'commander'

/** What was asked for. */
export interface CommandLine {
  /** None for all. */
  readonly targets: readonly string[]
  readonly inputs: number
  readonly seconds: number
  readonly seed: number
  readonly threads: number | undefined
  /** One input to run instead, relative to where the command was called. */
  readonly file: string | undefined
  /** Only the last line. */
  readonly isQuiet: boolean
}

/** Enough to see whether it works. */
const DEFAULT_INPUTS = 200_000

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number')
}

/** Where the parser puts its own text. */
export interface CommandLineOutput {
  readonly help: (text: string) => void
  readonly complain: (text: string) => void
}

/** Reads the arguments. Throws commander's `CommanderError` after help or a complaint was put out. */
export function parseCommandLine(
  args: readonly string[],
  targets: readonly string[],
  output: CommandLineOutput,
): CommandLine {
  const command = new Command('npm run fuzz --')
    .description("Fuzzes everything that reads a peer's bytes, on all cores.")
    .option('--target <name...>', `only these of: ${targets.join(', ')}`)
    .option('--inputs <count>', `how many in all (default: ${DEFAULT_INPUTS}, unless there are --seconds)`, wholeNumber)
    .option('--seconds <count>', 'for how long', wholeNumber)
    .option('--seed <number>', 'the same seed and number of inputs make the same inputs', wholeNumber)
    .option('--threads <count>', 'on so many (default: one for each core)', wholeNumber)
    .option('--file <path>', 'run one input, of a file with hexadecimal digits, and say what it does')
    .option('--json', 'print nothing but the last line', false)
    .configureOutput({ writeOut: output.help, writeErr: output.complain })
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' })
  const options = command.opts<{
    target?: string[]
    inputs?: number
    seconds?: number
    seed?: number
    threads?: number
    file?: string
    json: boolean
  }>()
  return {
    targets: options.target ?? [],
    inputs: options.inputs ?? (options.seconds === undefined ? DEFAULT_INPUTS : Infinity),
    seconds: options.seconds ?? Infinity,
    seed: options.seed ?? 1,
    threads: options.threads,
    file: options.file,
    isQuiet: options.json,
  }
}
