import { Command, InvalidArgumentError, Option } from 'commander'

/** What the command line asks for. */
export interface StatusRequest {
  readonly words: readonly string[]
  readonly format: 'json' | 'plain'
  /** Run it again so often, in milliseconds, and whenever a map changes. */
  readonly watchEveryMs: number | undefined
  readonly conf: string | undefined
  readonly keyring: string | undefined
  readonly name: string
  readonly monHost: string | undefined
  readonly mode: 'crc' | 'secure' | undefined
  readonly auth: 'none' | 'cephx' | undefined
  readonly timeoutMs: number
}

/** Where help and complaints go. */
export interface HelpOutput {
  readonly help: (text: string) => void
  readonly complain: (text: string) => void
}

interface Flags {
  readonly format: StatusRequest['format']
  readonly watch?: number | true
  readonly conf?: string
  readonly keyring?: string
  readonly name?: string
  readonly id?: string
  readonly monHost?: string
  readonly mode?: 'crc' | 'secure'
  readonly auth?: 'none' | 'cephx'
  readonly timeout: number
}

const USUAL_WATCH_SECONDS = 2
const USUAL_TIMEOUT_SECONDS = 30
const MAX_SECONDS = 86_400

/**
 * Reads a command line. Throws commander's `CommanderError` for one that makes no sense, and for one that asks for help,
 * after it was told to `output`; its `exitCode` is 0 for help.
 */
export function parseCommandLine(args: readonly string[], output: HelpOutput): StatusRequest {
  const command = new Command('ceph-status')
    .description('Asks the monitors of a Ceph cluster: status, maps, any command that they know.')
    .argument('<words...>', 'the command: status; osd dump; osd pool ls detail; config get who=osd.0')
    .addOption(new Option('-f, --format <format>', 'of the answer').choices(['json', 'plain']).default('plain'))
    .option('-w, --watch [s]', `print it again when it changes; look every ${USUAL_WATCH_SECONDS} s`, seconds)
    .option('-c, --conf <file>', 'the conf file (default: where Ceph looks)')
    .option('-k, --keyring <file>', 'the keyring (default: what the conf file says, or where Ceph looks)')
    .option('-n, --name <type.id>', 'who to be (default: client.admin)')
    .option('--id <id>', 'the same, without "client."')
    .option('-m, --mon-host <addrs>', 'v1:IP:PORT, v2:IP:PORT, [v2:…,v1:…], a host, or several with commas')
    .addOption(new Option('--mode <mode>', 'in version 2: frames in clear or encrypted').choices(['crc', 'secure']))
    .addOption(
      new Option('--auth <method>', 'how to prove who one is (default: the conf file)').choices(['none', 'cephx']),
    )
    .option('--timeout <s>', 'for a monitor, and for its answer', seconds, USUAL_TIMEOUT_SECONDS)
    .exitOverride()
    .configureOutput({ writeOut: output.help, writeErr: output.complain })
    .showHelpAfterError('(--help tells what there is)')
  command.parse([...args], { from: 'user' })
  const { format, watch, conf, keyring, name, id, monHost, mode, auth, timeout } = command.opts<Flags>()
  if (name !== undefined && id !== undefined) command.error('error: --name and --id say the same twice')
  return {
    words: command.args,
    format,
    watchEveryMs: watch === undefined ? undefined : (watch === true ? USUAL_WATCH_SECONDS : watch) * 1000,
    conf,
    keyring,
    name: name ?? (id === undefined ? 'client.admin' : `client.${id}`),
    monHost,
    mode,
    auth,
    timeoutMs: timeout * 1000,
  }
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value <= MAX_SECONDS) return value
  throw new InvalidArgumentError(`Expected a number of seconds up to ${MAX_SECONDS}.`)
}
