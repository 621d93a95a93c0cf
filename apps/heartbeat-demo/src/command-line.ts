import { Uuid } from '@msgr/bufferlist'
import { EntityAddr, EntityName, EntityType } from '@msgr/message'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { DemoOptions } from './demo-options.ts'
import { DemoError } from './errors.ts'
import type { HeartbeatAddress, PeerTarget } from './heartbeat-link.ts'
import { DEFAULT_MESSENGER_TYPE, type MessengerChoice, type PortRange } from './messenger-choice.ts'
import { backAddressFor, type OsdCommandOptions } from './osd-command.ts'
import { parseHeartbeatAddress, readPeers } from './peer-list.ts'
import type { PingOptions } from './ping-command.ts'
import { seededRandom } from './seeded-random.ts'

const U32_COUNT = 0x1_0000_0000
const MAX_OSD_ID = 0x7fff_ffff
const MAX_MESSAGE_SIZE = 1024 * 1024
/** A timer of Node cannot be longer, in milliseconds. */
const MAX_DELAY_MS = 0x7fff_ffff
const MAX_OSD_COUNT = 100
const MAX_OP_THREADS = 24
const MAX_PORT = 65_535
/**
 * The name for pings without `--from`. No cluster is likely to have it. Not a much larger one: an OSD of Ceph 16 keeps a
 * table of all ids up to the largest that has pinged it.
 */
const PINGER_IDS = { from: 10_000, count: 10_000 }
const DEMO_ROUNDS = 6
const STEP_DEADLINE_MS = 30_000

/** What the command line asks for. */
export type CommandLine =
  | { readonly command: 'demo'; readonly options: DemoOptions; readonly view: 'auto' | 'plain' | 'json' }
  | { readonly command: 'ping'; readonly options: PingOptions }
  | { readonly command: 'osd'; readonly options: OsdCommandOptions }

/** Where help and complaints go. */
export interface HelpOutput {
  readonly help: (text: string) => void
  readonly complain: (text: string) => void
}

interface TransportFlags {
  readonly messenger: MessengerChoice['type']
  readonly driver: MessengerChoice['driver']
  readonly opThreads: number
  readonly auth: 'none' | 'cephx'
  readonly keyring?: string
  readonly minSize: number
}

interface DemoFlags extends TransportFlags {
  readonly wire: MessengerChoice['wire']
  readonly ports?: PortRange
  readonly osds: number
  readonly seed: number
  readonly interval: number
  readonly grace: number
  readonly minReporters: number
  readonly fastFail: boolean
  readonly plain?: true
  readonly json?: true
}

interface PingFlags extends TransportFlags {
  readonly count?: number
  readonly interval: number
  readonly timeout: number
  readonly fsid: Uuid
  readonly from: EntityName
  readonly json?: true
}

interface OsdFlags extends TransportFlags {
  readonly id: number
  readonly bind: EntityAddr
  readonly bindBack?: EntityAddr
  readonly peers?: readonly PeerTarget[]
  readonly fsid: Uuid
  readonly interval: number
  readonly grace: number
  readonly fastFail: boolean
  readonly status: number
  readonly json?: true
}

/**
 * Reads a command line. Throws commander's `CommanderError` for one that makes no sense, and for one that asks for help,
 * after it was told to `output`; its `exitCode` is 0 for help.
 */
export function parseCommandLine(args: readonly string[], output: HelpOutput): CommandLine {
  let parsed: CommandLine | undefined
  const program = new Command('heartbeat')
    .description('Heartbeats between OSDs, on the wire of Ceph.')
    .exitOverride()
    .configureOutput({ writeOut: output.help, writeErr: output.complain })
    .showHelpAfterError('(--help tells what there is)')
  const done = (commandLine: CommandLine): void => {
    parsed = commandLine
  }
  addDemo(program, done)
  addPing(program, done)
  addOsd(program, done)
  program.parse(args, { from: 'user' })
  if (parsed === undefined) throw new Error('commander has run no command')
  return parsed
}

function addDemo(program: Command, done: (commandLine: CommandLine) => void): void {
  const command = program
    .command('demo')
    .description('OSD processes that watch each other; one is killed and one hangs. Exits with 0 if all goes well.')
    .option('--osds <n>', 'how many OSDs', integer(3, MAX_OSD_COUNT), 5)
    .addOption(
      new Option('--seed <n>', 'makes the same choices again')
        .argParser(integer(0, U32_COUNT - 1))
        .default(randomBelow(U32_COUNT), 'random'),
    )
    .option('--interval <ms>', 'of pings, as osd_heartbeat_interval', integer(10, MAX_DELAY_MS), 600)
    .option('--grace <ms>', 'for an answer, as osd_heartbeat_grace', integer(10, MAX_DELAY_MS), 2000)
    .option('--min-reporters <n>', 'who it takes to mark an OSD down', integer(1, MAX_OSD_COUNT), 2)
    .option('--no-fast-fail', 'a refused connection is no reason to report an OSD')
    .addOption(new Option('--wire <version>', 'of the protocol').choices(['v1', 'v2']).default('v1'))
    .option('--ports <first-last>', 'to listen at (default: those of Ceph, 6800-7300)', portRange)
    .option('--plain', 'lines instead of a live table, also on a terminal')
    .option('--json', 'nothing but one object at the end')
  addTransportOptions(command).action((flags: DemoFlags) => {
    requireThreads(command, flags)
    const { osds, interval, grace, minReporters, seed, fastFail, ports } = flags
    if (minReporters >= osds) command.error(`error: ${osds} OSDs are too few for ${minReporters} reporters`)
    if (grace <= interval) command.error(`error: a grace of ${grace} ms is too short for an interval of ${interval} ms`)
    const options: DemoOptions = {
      osdCount: osds,
      seed,
      intervalMs: interval,
      graceMs: grace,
      minReporters,
      fastFail,
      rounds: DEMO_ROUNDS,
      stepDeadlineMs: STEP_DEADLINE_MS + 10 * grace,
      ...transportOptions(flags, flags.wire, ports),
    }
    const view = flags.json === true ? 'json' : flags.plain === true ? 'plain' : 'auto'
    done({ command: 'demo', options, view })
  })
}

function addPing(program: Command, done: (commandLine: CommandLine) => void): void {
  const command = program
    .command('ping')
    .description('Pings a heartbeat address, of ours or of a real OSD. Exits with 1 if a ping is lost.')
    .argument('<addr>', 'v1:127.0.0.1:6805/4021; without a nonce, whoever is there', orComplain(parseHeartbeatAddress))
    .option('--count <n>', 'stop after so many (default: never)', integer(1, Number.MAX_SAFE_INTEGER))
    .option('--interval <ms>', 'from one to the next', integer(1, MAX_DELAY_MS), 1000)
    .option('--timeout <ms>', 'for each answer', integer(1, MAX_DELAY_MS), 2000)
    .addOption(fsidOption('the cluster of the peer; real OSDs answer to their own only'))
    .addOption(
      new Option('--from <osd.N>', 'who to be').argParser(osdName).default(randomPinger(), 'a random high number'),
    )
    .option('--json', 'nothing but one object at the end')
  addTransportOptions(command).action((target: HeartbeatAddress, flags: PingFlags) => {
    requireKeyring(command, flags)
    requireThreads(command, flags)
    const { count, interval, timeout, fsid, from, json = false } = flags
    const times = { count, intervalMs: interval, timeoutMs: timeout }
    done({ command: 'ping', options: { target, fsid, from, json, ...times, ...transportOptions(flags) } })
  })
}

function addOsd(program: Command, done: (commandLine: CommandLine) => void): void {
  const command: Command = program
    .command('osd')
    .description('Runs one OSD that pings its peers, and is pinged by them, until it is ended. It needs no monitor.')
    .requiredOption('--id <n>', 'its number', integer(0, MAX_OSD_ID))
    .requiredOption('--bind <addr>', 'its front address', orComplain(bindAddress))
    .option('--bind-back <addr>', 'its back address (default: one port further)', orComplain(bindAddress))
    .option('--peers <file|addr,…>', 'who to ping: [osd.N=]FRONT+BACK or [osd.N=]ADDR each', orComplain(readPeers))
    .addOption(fsidOption('its cluster; others are not answered'))
    .option('--interval <ms>', 'of pings, as osd_heartbeat_interval', integer(10, MAX_DELAY_MS), 1000)
    .option('--grace <ms>', 'for an answer, as osd_heartbeat_grace', integer(10, MAX_DELAY_MS), 4000)
    .option('--no-fast-fail', 'a refused connection is no reason to take a peer for dead')
    .option('--status <ms>', 'how often to say how it goes', integer(10, MAX_DELAY_MS), 10_000)
    .option('--json', 'one object a line')
  addTransportOptions(command).action((flags: OsdFlags) => {
    requireKeyring(command, flags)
    requireThreads(command, flags)
    const { id, bind, bindBack, peers = [], fsid, interval, grace, fastFail, status, json = false } = flags
    const back = bindBack ?? backAddressFor(bind)
    if (back === undefined) command.error('error: there is no port after 65535 for the back address: say --bind-back')
    const options: OsdCommandOptions = {
      id,
      fsid,
      bind: { front: bind, back },
      bindOnce: true,
      peers,
      intervalMs: interval,
      graceMs: grace,
      fastFail,
      statusEveryMs: status,
      json,
      random: seededRandom(randomBelow(U32_COUNT)),
      ...transportOptions(flags),
    }
    done({ command: 'osd', options })
  })
}

function addTransportOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--messenger <type>', 'which messenger').choices(['simple', 'async']).default(DEFAULT_MESSENGER_TYPE),
    )
    .addOption(
      new Option('--driver <name>', 'how the async one waits for sockets')
        .choices(['epoll', 'select'])
        .default('epoll'),
    )
    .option(
      '--op-threads <n>',
      'threads for the heartbeats, of the async one; 0 for none',
      integer(0, MAX_OP_THREADS),
      0,
    )
    .addOption(
      new Option('--auth <method>', 'whether everybody has to prove who he is')
        .choices(['none', 'cephx'])
        .default('none'),
    )
    .option('--keyring <file>', 'for cephx: the secrets of all; the demo makes its own without')
    .option('--min-size <bytes>', 'of pings, as osd_heartbeat_min_size', integer(0, MAX_MESSAGE_SIZE), 2000)
}

function transportOptions(
  flags: TransportFlags,
  wire: MessengerChoice['wire'] = 'v1',
  ports?: PortRange,
): {
  readonly messenger: MessengerChoice
  readonly minMessageSize: number
} {
  const { messenger, driver, opThreads, minSize, auth, keyring = '' } = flags
  const method = auth === 'none' ? { method: auth } : { method: auth, keyring }
  const choice: MessengerChoice = { type: messenger, driver, opThreads, wire, auth: method, ...(ports && { ports }) }
  return { messenger: choice, minMessageSize: minSize }
}

/** Only the async messenger has threads. */
function requireThreads(command: Command, { messenger, opThreads }: TransportFlags): void {
  if (opThreads > 0 && messenger === 'simple') {
    command.error(`error: --op-threads ${opThreads} needs --messenger async: the simple messenger has no threads`)
  }
}

/** An OSD or a pinger needs to be told where its secret is; the demo can make secrets of its own. */
function requireKeyring(command: Command, { auth, keyring }: TransportFlags): void {
  if (auth === 'cephx' && keyring === undefined) command.error('error: --auth cephx needs a --keyring')
}

function fsidOption(description: string): Option {
  const option = new Option('--fsid <uuid>', description).default(Uuid.zero(), 'all zeros')
  return option.argParser(orComplain((text) => Uuid.parse(text)))
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}.`)
  }
}

function portRange(text: string): PortRange {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? []
  const [min, max] = [Number(first), Number(last)]
  if (min >= 1 && max <= MAX_PORT && min <= max) return { min, max }
  throw new InvalidArgumentError(`Expected two ports such as 6800-7300, from 1 to ${MAX_PORT}.`)
}

function osdName(text: string): EntityName {
  const num = /^osd\.(\d+)$/.exec(text)?.[1]
  if (num === undefined || Number(num) > MAX_OSD_ID) throw new InvalidArgumentError('Expected a name such as osd.9.')
  return new EntityName(EntityType.osd, Number(num))
}

function bindAddress(text: string): EntityAddr {
  const addr = EntityAddr.parse(text, 'v1')
  if ((addr.type === 'v1' || addr.type === 'v2') && addr.isIp) return addr
  throw new DemoError(
    'ERR_HEARTBEAT_PEERS',
    `expected an address (v1:IP:PORT or v2:IP:PORT), got ${JSON.stringify(text)}`,
  )
}

/** Turns what a reader of ours throws into what commander shows with the name of the option. */
function orComplain<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text)
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
    }
  }
}

function randomPinger(): EntityName {
  return new EntityName(EntityType.osd, PINGER_IDS.from + randomBelow(PINGER_IDS.count))
}

function randomBelow(count: number): number {
  return Math.floor(Math.random() * count)
}
