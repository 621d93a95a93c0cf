import type { MessengerChoice } from './messenger-choice.ts'

/**
 * What bad peers do. `'handshakes'`: connect and say nothing. `'slow'`: send a byte a second. `'deaf'`: send, and never
 * read. `'huge'`: announce messages of 4 GiB. `'files'`: connect until the server has no descriptors left.
 */
export type FloodName = 'handshakes' | 'slow' | 'deaf' | 'huge' | 'files'

export const FLOOD_NAMES: readonly FloodName[] = ['handshakes', 'slow', 'deaf', 'huge', 'files']

/** Everything about a flood. Plain data: each process gets it as JSON. */
export interface FloodPlan {
  readonly name: FloodName
  readonly messenger: MessengerChoice
  readonly attackerCount: number
  /** How long the flood lasts; before and after it, good peers are watched for half as long. */
  readonly seconds: number
}

/** How many bad peers there are, if nobody says. */
export const USUAL_ATTACKERS: Readonly<Record<FloodName, number>> = {
  handshakes: 10_000,
  slow: 500,
  deaf: 16,
  huge: 16,
  files: 400,
}

/** How many files the server may have open in the flood of `'files'`, and the processes of the others. */
export const FEW_FILES = 160
export const MANY_FILES = 20_000

/** Good peers that ping all the while, and those that connect afterwards. */
export const GOOD_PEER_COUNT = 4
export const NEW_PEER_COUNT = 20
/** How long a new peer may take, in milliseconds. */
export const NEW_PEER_PATIENCE_MS = 10_000

/** What the server is made with, besides the usual: less time for handshakes, so that a short flood meets the limit. */
export const SERVER_HANDSHAKE_MS = 3000
export const SERVER_MAX_QUEUED_BYTES: number = 8 * 1024 * 1024
