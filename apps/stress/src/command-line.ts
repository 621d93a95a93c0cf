import { Command, InvalidArgumentError, Option } from 'commander'
import { FLOOD_NAMES, USUAL_ATTACKERS, type FloodName, type FloodPlan } from './flood-plan.ts'
import { makePlan, type StressRequest } from './make-plan.ts'
import { checkChoice, type MessengerChoice } from './messenger-choice.ts'
import { MAX_PAYLOAD_BYTES, type PayloadMix } from './payload-mix.ts'
import { POLICY_PAIR_NAMES, type PolicyPairName } from './policy-pair.ts'
import { PRESET_NAMES, type PresetName } from './presets.ts'
import type { Sabotage, StressPlan } from './stress-plan.ts'
import { WIRE_CHOICES } from './wire-choice.ts'

const U32_COUNT = 0x1_0000_0000
const MAX_COUNT = 1_000_000_000
const MAX_CONNECTIONS = 1000
const MAX_PROCESSES = 32
const MAX_WORKERS = 24
const MAX_DELAY_MS = 60_000

/** What the command line asks for: a run, or floods, one after the other. */
export type StressCommand =
  | {
      readonly kind: 'run'
      readonly preset: PresetName
      readonly plan: StressPlan
      readonly patienceMs: number
      readonly json: boolean
    }
  | { readonly kind: 'flood'; readonly plans: readonly FloodPlan[]; readonly json: boolean }

/** Where help and complaints go. */
export interface HelpOutput {
  readonly help: (text: string) => void
  readonly complain: (text: string) => void
}

interface Flags {
  readonly preset: PresetName
  readonly messenger: MessengerChoice['type']
  readonly driver: MessengerChoice['driver']
  readonly wire: MessengerChoice['wire']
  readonly workers: number
  readonly opThreads: number
  readonly seed: number
  readonly inFlight: number
  readonly processes: number
  readonly messages?: number
  readonly seconds?: number
  readonly steps?: number
  readonly connections?: number
  readonly policy?: PolicyPairName
  readonly payload?: PayloadMix
  readonly cutEvery?: number
  readonly delays?: number | true
  readonly patience: number
  readonly sabotage?: Sabotage
  readonly flood?: FloodName | 'all'
  readonly attackers?: number
  readonly json?: true
}

/** How long `--delays` holds messages back at most, if it does not say, in milliseconds. */
const USUAL_DELAY_MS = 100
/** How long a flood lasts, if nobody says. */
const USUAL_FLOOD_SECONDS = 10
const MAX_ATTACKERS = 19_000

const EPILOG = `
Presets: plain and million send over connections that nobody drops, and forgive nothing. stress, stress16, inject,
inject2, inject3 and inject4 are Ceph's synthetic tests. Options override what the preset says.
Of the other options, floods know --messenger, --driver, --workers, --op-threads, --attackers,
--seconds and --json.`

/**
 * Reads a command line. Throws commander's `CommanderError` for one that makes no sense, and for one that asks for help,
 * after it was told to `output`; and `StressError` for options that do not go together.
 */
export function parseCommandLine(args: readonly string[], output: HelpOutput): StressCommand {
  const command = makeCommand(output).parse([...args], { from: 'user' })
  const {
    preset,
    messenger,
    driver,
    wire,
    workers,
    opThreads,
    patience,
    json = false,
    delays,
    flood,
    attackers,
    ...rest
  } = command.opts<Flags>()
  const choice: MessengerChoice = { type: messenger, driver, workers, opThreads, wire }
  checkChoice(choice)
  if (flood !== undefined) {
    const names = flood === 'all' ? FLOOD_NAMES : [flood]
    const plans = names.map((name): FloodPlan => {
      const { seconds = USUAL_FLOOD_SECONDS } = rest
      return { name, messenger: { ...choice, wire: 'v1' }, attackerCount: attackers ?? USUAL_ATTACKERS[name], seconds }
    })
    return { kind: 'flood', plans, json }
  }
  const request: StressRequest = {
    ...rest,
    preset,
    messenger: choice,
    ...(delays === undefined ? {} : { delayMs: delays === true ? USUAL_DELAY_MS : delays }),
  }
  return { kind: 'run', preset, plan: makePlan(request), patienceMs: patience * 1000, json }
}

function makeCommand(output: HelpOutput): Command {
  return new Command('npm run stress --')
    .description('Drives the messengers hard over real sockets between processes, and checks every message.')
    .addOption(new Option('--preset <name>', 'which run').choices(PRESET_NAMES).default('plain'))
    .addOption(new Option('--messenger <type>', 'which messenger').choices(['simple', 'async']).default(usualType()))
    .addOption(new Option('--driver <name>', 'how the async one waits').choices(['epoll', 'select']).default('epoll'))
    .addOption(
      new Option('--wire <name>', 'version of the protocol, and how frames are protected')
        .choices(WIRE_CHOICES)
        .default('v1'),
    )
    .option('--workers <n>', 'of the async one, on its own event loop', integer(1, MAX_WORKERS), 1)
    .option('--op-threads <n>', 'instead: threads of each async one; 0 for none', integer(0, MAX_WORKERS), 0)
    .option('--messages <n>', 'requests to send in all', integer(1, MAX_COUNT))
    .option('--seconds <s>', 'send for so long, then wait for the replies', integer(1, MAX_COUNT))
    .option('--steps <n>', 'steps of a dance', integer(1, MAX_COUNT))
    .option('--connections <n>', 'connections; of a dance, those it begins with', integer(1, MAX_CONNECTIONS))
    .option('--processes <n>', 'half of them servers, half clients', integer(2, MAX_PROCESSES), 4)
    .option(
      '--in-flight <n>',
      'requests without a reply, per connection; of a dance, per process',
      integer(1, 4096),
      64,
    )
    .addOption(new Option('--policy <name>', 'of the clients; that of the servers follows').choices(POLICY_PAIR_NAMES))
    .option('--cut-every <n>', 'break the socket of one in so many reads and writes; 0 for none', integer(0, MAX_COUNT))
    .option('--delays [ms]', `hold messages (up to ${USUAL_DELAY_MS} ms) and handshakes back`, integer(1, MAX_DELAY_MS))
    .option('--payload <min-max>', 'any length from the one to the other, in bytes', payloadRange)
    .addOption(
      new Option('--seed <n>', 'makes the same choices again')
        .argParser(integer(0, U32_COUNT - 1))
        .default(Math.floor(Math.random() * U32_COUNT), 'random'),
    )
    .option('--patience <s>', 'how long nothing may move', integer(1, MAX_COUNT), 60)
    .addOption(
      new Option('--sabotage <how>', 'do this to one reply before it is checked: the run has to fail').choices([
        'lose',
        'double',
        'swap',
        'alter',
      ]),
    )
    .addOption(
      new Option('--flood <name>', 'instead: bad peers, while good ones ping on').choices([...FLOOD_NAMES, 'all']),
    )
    .option('--attackers <n>', 'bad peers of a flood', integer(1, MAX_ATTACKERS))
    .option('--json', 'nothing but one object at the end')
    .addHelpText('after', EPILOG)
    .configureOutput({ writeOut: output.help, writeErr: output.complain })
    .allowExcessArguments(false)
    .exitOverride()
}

/** The faster messenger where it exists, the other one elsewhere. */
function usualType(): MessengerChoice['type'] {
  return process.platform === 'linux' ? 'async' : 'simple'
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}.`)
  }
}

function payloadRange(text: string): PayloadMix {
  const [, min, max] = /^(\d+)-(\d+)$/.exec(text) ?? []
  const [minBytes, maxBytes] = [Number(min), Number(max)]
  if (minBytes <= maxBytes && maxBytes <= MAX_PAYLOAD_BYTES) return { kind: 'uniform', minBytes, maxBytes }
  throw new InvalidArgumentError(`Expected two lengths up to ${MAX_PAYLOAD_BYTES}, such as 0-256.`)
}
