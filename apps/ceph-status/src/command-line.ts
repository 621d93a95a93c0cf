import { Command, InvalidArgumentError, Option } from 'commander'
import { type OutputFormat } from './format-answer.ts'

const MAX_SECONDS = 1_000_000
const DEFAULT_TIMEOUT_SECONDS = 30
const DEFAULT_WATCH_SECONDS = 2

/** What the command line asks for. */
export interface StatusOptions {
  /** The command for the monitors. */
  readonly words: readonly string[]
  readonly format: OutputFormat
  /** The cluster: its conf file, and what counts instead of what that says. */
  readonly conf: string | undefined
  readonly cluster: string | undefined
  readonly keyring: string | undefined
  readonly monHost: string | undefined
  readonly name: string
  /** How to prove who one is; `undefined` leaves it to the conf file. */
  readonly auth: 'none' | 'cephx' | undefined
  /** How frames of version 2 are protected; `undefined` leaves it to where the monitor is. */
  readonly mode: 'crc' | 'secure' | undefined
  /** For a session, and for each answer. */
  readonly timeoutMs: number
  /** A file that the command reads. */
  readonly inFile: string | undefined
  /** Ask again so often, and whenever a map of the cluster has changed; `undefined`: just once. */
  readonly watchEveryMs: number | undefined
}

/** Where help and complaints go. */
export interface HelpOutput {
  readonly help: (text: string) => void
  readonly complain: (text: string) => void
}

interface Flags {
  readonly format: OutputFormat
  readonly conf?: string
  readonly cluster?: string
  readonly keyring?: string
  readonly monHost?: string
  readonly name?: string
  readonly id?: string
  readonly auth?: 'none' | 'cephx'
  readonly mode?: 'crc' | 'secure'
  readonly timeout: number
  readonly inFile?: string
  readonly watch?: number | true
}

/**
 * Reads a command line. Options that are none of ours belong to the command for the monitors; behind `--` all do.
 * Throws commander's `CommanderError` for one that makes no sense, and for one that asks for help, after it was told to
 * `output`; its `exitCode` is 0 for help.
 */
export function parseCommandLine(args: readonly string[], output: HelpOutput): StatusOptions {
  const program = new Command('ceph-status')
    .description('Gives the monitors of a Ceph cluster a command, and prints what they answer.')
    .exitOverride()
    .configureOutput({ writeOut: output.help, writeErr: output.complain })
    .showHelpAfterError('(--help tells what there is)')
    .allowUnknownOption()
    .argument('[words...]', 'the command: its words and arguments, or JSON (default: status)')
    .addOption(new Option('-f, --format <format>', 'of what is printed').choices(['plain', 'json']).default('plain'))
    .option('-c, --conf <file>', 'the conf file (default: that of CEPH_CONF, or /etc/ceph/ceph.conf)')
    .option('--cluster <name>', 'names the files of a cluster that is not called ceph')
    .option('-k, --keyring <file>', 'where the key is')
    .option('-m, --mon-host <addrs>', 'where monitors are: v1:10.0.0.1:6789, or [v2:10.0.0.1:3300,v1:10.0.0.1:6789]')
    .option('-n, --name <type.id>', 'who to be (default: client.admin)')
    .option('--id <id>', 'who to be, of type client')
    .addOption(
      new Option('--auth <method>', 'how to prove who one is (default: as the conf file says)').choices([
        'none',
        'cephx',
      ]),
    )
    .addOption(
      new Option('--mode <mode>', 'how frames are protected; secure needs version 2').choices(['crc', 'secure']),
    )
    .option('--timeout <seconds>', 'for a monitor, and for its answer', seconds, DEFAULT_TIMEOUT_SECONDS)
    .option('-i, --in-file <file>', 'what the command reads besides its arguments')
    .option(
      '-w, --watch [seconds]',
      `go on: print it again when it has changed; look every ${DEFAULT_WATCH_SECONDS} s`,
      seconds,
    )
  program.parse(args.flatMap(separateWatch), { from: 'user' })
  const { args: words } = program
  const flags = program.opts<Flags>()
  const { format, conf, cluster, keyring, monHost, auth, mode, timeout, inFile, watch } = flags
  if (flags.name !== undefined && flags.id !== undefined) program.error('error: --name and --id say the same twice')
  return {
    words: words.length === 0 ? ['status'] : words,
    ...{ format, conf, cluster, keyring, monHost, auth, mode, inFile },
    name: flags.name ?? (flags.id === undefined ? 'client.admin' : `client.${flags.id}`),
    timeoutMs: timeout * 1000,
    watchEveryMs: watch === undefined ? undefined : (watch === true ? DEFAULT_WATCH_SECONDS : watch) * 1000,
  }
}

/** In `--watch status` the word is of the command: only a number can be how often to look. */
function separateWatch(arg: string, index: number, args: readonly string[]): readonly string[] {
  const isWatch = arg === '-w' || arg === '--watch'
  return isWatch && !/^[\d.]+$/.test(args[index + 1] ?? '') ? [`--watch=${DEFAULT_WATCH_SECONDS}`] : [arg]
}

function seconds(text: string): number {
  const value = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && value > 0 && value <= MAX_SECONDS) return value
  throw new InvalidArgumentError(`Expected a number of seconds up to ${MAX_SECONDS}, got ${JSON.stringify(text)}.`)
}
