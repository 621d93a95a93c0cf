import { DEFAULT_LIMITS } from '@msgr/msgr-protocol'
import { checkModes } from './connection-modes.ts'
import { MessengerError } from './errors.ts'

/** Everything about a messenger that can be set. All have defaults, those of Ceph 16.2 where Ceph has the option. */
export interface MessengerOptions {
  /** Send small messages at once (TCP_NODELAY). */
  readonly tcpNodelay: boolean
  /** Receive buffer of sockets in bytes; 0 leaves it to the system. */
  readonly tcpRcvbuf: number
  /** Connections that may wait to be accepted. */
  readonly tcpListenBacklog: number
  /** Waits between attempts to connect: the first, and the longest. Each is twice the one before. */
  readonly initialBackoffMs: number
  readonly maxBackoffMs: number
  /** From opening a socket to the end of the handshake. */
  readonly connectionReadyTimeoutMs: number
  /** How long an open connection may be silent before it is taken for dead. */
  readonly connectionIdleTimeoutMs: number
  /** Make and check the checksums of headers, fronts and middles; and of data. */
  readonly crcHeader: boolean
  readonly crcData: boolean
  /** Bytes of messages that are received and not yet dispatched; 0 for no limit. Beyond it nothing more is read. */
  readonly dispatchThrottleBytes: number
  /** The dispatch queue's token buckets, for messages of a priority below `Priority.low`. */
  readonly pqMaxTokensPerPriority: number
  readonly pqMinCost: number
  /** Ports to try, in order, when none is asked for: from the first to the last. */
  readonly bindPortMin: number
  readonly bindPortMax: number
  /** How often to try, and how long to wait in between. */
  readonly bindRetryCount: number
  readonly bindRetryDelayMs: number
  /** Dial from the address that the messenger is bound to. */
  readonly bindBeforeConnect: boolean
  /** Errors of accept in a row that a listener puts up with. */
  readonly maxAcceptFailures: number
  /** Take the IP we do not know from what a peer says it sees. */
  readonly learnAddrFromPeer: boolean
  /**
   * async-messenger: write at the end of the turn in which a message was sent, or before if much waits; otherwise on the
   * center's next turn.
   */
  readonly asyncSendInline: boolean
  /**
   * async-messenger: how many threads do the work of its connections; 0 does it on the caller's own. Ceph has three by
   * default.
   */
  readonly opThreads: number
  /** async-messenger: the cores that these threads run on, one after the other and from the first again. */
  readonly affinityCores: readonly number[]
  /**
   * async-messenger: for how many microseconds such a thread, or the caller's event loop, looks for more before it sleeps.
   * An answer that comes by then is met awake; the processor has nothing else from this time.
   */
  readonly idlePollMicros: number
  /**
   * Version 2: how frames are protected, as `'secure crc'`, the most wanted first: towards peers of the cluster (OSDs
   * and MDSs among themselves), towards the clients of such a daemon, and as such a client; the same with a monitor or
   * manager at one end. `'auto'`: encrypted where both ends can, but for peers on this host.
   */
  readonly clusterMode: string
  readonly serviceMode: string
  readonly clientMode: string
  readonly monClusterMode: string
  readonly monServiceMode: string
  readonly monClientMode: string
  /** Lengths that a peer's message, or proof of identity, may announce. */
  readonly maxFrontBytes: number
  readonly maxMiddleBytes: number
  readonly maxDataBytes: number
  readonly maxAuthorizerBytes: number
  /**
   * What messages of one connection that wait to be sent, or are not acknowledged, may take up, in bytes; 0 for no
   * limit. From there on `sendMessage` answers `'full'`; a single message may go beyond it.
   */
  readonly maxQueuedBytes: number
  /** Accepted connections whose handshake is not over. Beyond it each new one closes the oldest of them. */
  readonly maxAcceptingConnections: number
  /** Break one in so many reads and writes; 0 for none. */
  readonly injectSocketFailures: number
  /** Types of peers (`'osd client'`) whose messages are held back at times, how often, and how long at most. */
  readonly injectDelayType: string
  readonly injectDelayProbability: number
  readonly injectDelayMaxMs: number
  /** Hold up steps of a handshake for up to this long. */
  readonly injectInternalDelaysMs: number
  /** Seed of the dice behind the options above. */
  readonly injectSeed: number
}

/** Turns the value of a Ceph option, as a conf file has it, into ours. */
type FromCeph<T> = (text: string) => T

/** One option: what Ceph calls it (if it has it), how Ceph's value becomes ours, the default, and what is allowed. */
export interface OptionRow<T> {
  readonly ceph: string | undefined
  readonly fromCeph: FromCeph<T>
  readonly byDefault: T
  /** What a value must be, in words, or `undefined` if this one is fine. */
  readonly check: (value: T) => string | undefined
}

const atLeast = (min: number) => (value: number) =>
  Number.isFinite(value) && value >= min ? undefined : `a number of at least ${min}`
const integer = (min: number, max: number) => (value: number) =>
  Number.isSafeInteger(value) && value >= min && value <= max ? undefined : `an integer from ${min} to ${max}`
const fraction = (value: number): string | undefined => (value >= 0 && value <= 1 ? undefined : 'a number from 0 to 1')
const flag = (value: boolean): string | undefined => (typeof value === 'boolean' ? undefined : 'true or false')
const text = (value: string): string | undefined => (typeof value === 'string' ? undefined : 'a string')

const asNumber: FromCeph<number> = (value) => Number(value)
const secondsToMs: FromCeph<number> = (value) => Number(value) * 1000
const asText: FromCeph<string> = (value) => value
const asFlag: FromCeph<boolean> = (value) => {
  if (/^(true|yes|on|1)$/i.test(value)) return true
  if (/^(false|no|off|0)$/i.test(value)) return false
  throw new MessengerError('ERR_MSGR_OPTION', `expected true or false, got ${JSON.stringify(value)}`)
}

const asNumbers: FromCeph<readonly number[]> = (value) =>
  value
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number)
const coreList = (cores: readonly number[]): string | undefined =>
  Array.isArray(cores) && cores.every((core) => Number.isInteger(core) && core >= 0) ? undefined : 'a list of cores'

/** The most that Ceph has room for. Ceph: src/msg/async/Event.h, MAX_EVENTCENTER */
const MAX_OP_THREADS = 24
const BYTES = integer(0, Number.MAX_SAFE_INTEGER)
const PORT = integer(1, 65535)
const U32 = integer(0, 0xffffffff)

/** All options. The defaults, the checks, `optionsFromCephConf` and the README's table come from here. */
export const messengerOptionTable: { readonly [K in keyof MessengerOptions]: OptionRow<MessengerOptions[K]> } = {
  tcpNodelay: { ceph: 'ms_tcp_nodelay', fromCeph: asFlag, byDefault: true, check: flag },
  tcpRcvbuf: { ceph: 'ms_tcp_rcvbuf', fromCeph: asNumber, byDefault: 0, check: integer(0, 0x7fffffff) },
  tcpListenBacklog: { ceph: 'ms_tcp_listen_backlog', fromCeph: asNumber, byDefault: 512, check: integer(1, 65535) },
  initialBackoffMs: { ceph: 'ms_initial_backoff', fromCeph: secondsToMs, byDefault: 200, check: atLeast(1) },
  maxBackoffMs: { ceph: 'ms_max_backoff', fromCeph: secondsToMs, byDefault: 15_000, check: atLeast(1) },
  connectionReadyTimeoutMs: {
    ceph: 'ms_connection_ready_timeout',
    fromCeph: secondsToMs,
    byDefault: 10_000,
    check: atLeast(1),
  },
  connectionIdleTimeoutMs: {
    ceph: 'ms_connection_idle_timeout',
    fromCeph: secondsToMs,
    byDefault: 900_000,
    check: atLeast(1),
  },
  crcHeader: { ceph: 'ms_crc_header', fromCeph: asFlag, byDefault: true, check: flag },
  crcData: { ceph: 'ms_crc_data', fromCeph: asFlag, byDefault: true, check: flag },
  dispatchThrottleBytes: {
    ceph: 'ms_dispatch_throttle_bytes',
    fromCeph: asNumber,
    byDefault: 104_857_600,
    check: BYTES,
  },
  pqMaxTokensPerPriority: {
    ceph: 'ms_pq_max_tokens_per_priority',
    fromCeph: asNumber,
    byDefault: 16_777_216,
    check: U32,
  },
  pqMinCost: { ceph: 'ms_pq_min_cost', fromCeph: asNumber, byDefault: 65_536, check: U32 },
  bindPortMin: { ceph: 'ms_bind_port_min', fromCeph: asNumber, byDefault: 6800, check: PORT },
  bindPortMax: { ceph: 'ms_bind_port_max', fromCeph: asNumber, byDefault: 7300, check: PORT },
  bindRetryCount: { ceph: 'ms_bind_retry_count', fromCeph: asNumber, byDefault: 3, check: integer(1, 1000) },
  bindRetryDelayMs: { ceph: 'ms_bind_retry_delay', fromCeph: secondsToMs, byDefault: 5000, check: atLeast(0) },
  bindBeforeConnect: { ceph: 'ms_bind_before_connect', fromCeph: asFlag, byDefault: false, check: flag },
  maxAcceptFailures: { ceph: 'ms_max_accept_failures', fromCeph: asNumber, byDefault: 4, check: integer(0, 1000) },
  learnAddrFromPeer: { ceph: 'ms_learn_addr_from_peer', fromCeph: asFlag, byDefault: true, check: flag },
  opThreads: { ceph: 'ms_async_op_threads', fromCeph: asNumber, byDefault: 0, check: integer(0, MAX_OP_THREADS) },
  affinityCores: { ceph: 'ms_async_affinity_cores', fromCeph: asNumbers, byDefault: [], check: coreList },
  idlePollMicros: { ceph: undefined, fromCeph: asNumber, byDefault: 0, check: integer(0, 1_000_000) },
  asyncSendInline: { ceph: 'ms_async_send_inline', fromCeph: asFlag, byDefault: true, check: flag },
  clusterMode: { ceph: 'ms_cluster_mode', fromCeph: asText, byDefault: 'auto', check: checkModes },
  serviceMode: { ceph: 'ms_service_mode', fromCeph: asText, byDefault: 'auto', check: checkModes },
  clientMode: { ceph: 'ms_client_mode', fromCeph: asText, byDefault: 'auto', check: checkModes },
  monClusterMode: { ceph: 'ms_mon_cluster_mode', fromCeph: asText, byDefault: 'auto', check: checkModes },
  monServiceMode: { ceph: 'ms_mon_service_mode', fromCeph: asText, byDefault: 'auto', check: checkModes },
  monClientMode: { ceph: 'ms_mon_client_mode', fromCeph: asText, byDefault: 'auto', check: checkModes },
  maxFrontBytes: { ceph: undefined, fromCeph: asNumber, byDefault: DEFAULT_LIMITS.maxFrontBytes, check: U32 },
  maxMiddleBytes: { ceph: undefined, fromCeph: asNumber, byDefault: DEFAULT_LIMITS.maxMiddleBytes, check: U32 },
  maxDataBytes: { ceph: undefined, fromCeph: asNumber, byDefault: DEFAULT_LIMITS.maxDataBytes, check: U32 },
  maxAuthorizerBytes: { ceph: undefined, fromCeph: asNumber, byDefault: DEFAULT_LIMITS.maxAuthorizerBytes, check: U32 },
  maxQueuedBytes: { ceph: undefined, fromCeph: asNumber, byDefault: 104_857_600, check: BYTES },
  maxAcceptingConnections: { ceph: undefined, fromCeph: asNumber, byDefault: 1024, check: integer(1, 1_000_000) },
  injectSocketFailures: { ceph: 'ms_inject_socket_failures', fromCeph: asNumber, byDefault: 0, check: U32 },
  injectDelayType: { ceph: 'ms_inject_delay_type', fromCeph: asText, byDefault: '', check: text },
  injectDelayProbability: { ceph: 'ms_inject_delay_probability', fromCeph: asNumber, byDefault: 0, check: fraction },
  injectDelayMaxMs: { ceph: 'ms_inject_delay_max', fromCeph: secondsToMs, byDefault: 1000, check: atLeast(0) },
  injectInternalDelaysMs: { ceph: 'ms_inject_internal_delays', fromCeph: secondsToMs, byDefault: 0, check: atLeast(0) },
  injectSeed: { ceph: undefined, fromCeph: asNumber, byDefault: 1, check: U32 },
}

const OPTION_KEYS = Object.keys(messengerOptionTable) as readonly (keyof MessengerOptions)[]

function isMessengerOption(key: string): key is keyof MessengerOptions {
  return Object.hasOwn(messengerOptionTable, key)
}

/** The options given, the rest by default. Throws `MessengerError` for a key it does not know or a bad value. */
export function resolveMessengerOptions(given: Readonly<Record<string, unknown>> = {}): MessengerOptions {
  const resolved: Record<string, unknown> = {}
  for (const key of OPTION_KEYS) resolved[key] = messengerOptionTable[key].byDefault
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!isMessengerOption(key))
      throw new MessengerError('ERR_MSGR_OPTION', `there is no option ${JSON.stringify(key)}`)
    const { check } = messengerOptionTable[key] as OptionRow<unknown>
    const expected = check(value)
    if (expected !== undefined) {
      throw new MessengerError('ERR_MSGR_OPTION', `option ${key}: expected ${expected}, got ${JSON.stringify(value)}`)
    }
    resolved[key] = value
  }
  // Every key of the table has been set, and each value has passed its own check.
  return resolved as unknown as MessengerOptions
}

/**
 * Our options from the pairs of a Ceph conf file (`ms_initial_backoff: '0.2'`; spaces in keys as underscores). Options
 * of Ceph that no messenger of ours has are passed over. Throws `MessengerError` for a value that makes no sense.
 */
export function optionsFromCephConf(conf: Readonly<Record<string, string>>): Partial<MessengerOptions> {
  const options: Record<string, unknown> = {}
  for (const key of OPTION_KEYS) {
    const row = messengerOptionTable[key] as OptionRow<unknown>
    const value = row.ceph === undefined ? undefined : conf[row.ceph]
    if (value === undefined) continue
    const ours = row.fromCeph(value.trim())
    const expected = row.check(ours)
    if (expected !== undefined) {
      const words = `${String(row.ceph)}: expected ${expected} for ${key}, got ${JSON.stringify(value)}`
      throw new MessengerError('ERR_MSGR_OPTION', words)
    }
    options[key] = ours
  }
  return options
}
