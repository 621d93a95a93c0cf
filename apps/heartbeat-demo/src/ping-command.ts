import { setTimeout as wait } from 'node:timers/promises'
import { endSignal } from './end-signal.ts'
import { formatHeartbeatAddress } from './peer-list.ts'
import { Pinger, type PingerOptions, type PingOutcome } from './pinger.ts'
import { RoundTrips, formatMs, type RoundTripFigures } from './round-trips.ts'

/** Pings that may wait for their answers at the same time. Beyond it the next one waits. */
const MAX_IN_FLIGHT = 1000

/** What `ping` is run with. */
export interface PingOptions extends PingerOptions {
  /** `undefined` for no end. */
  readonly count: number | undefined
  /** From one ping to the next. */
  readonly intervalMs: number
  readonly json: boolean
}

/** How the pings went, as `--json` prints it. */
export interface PingResult {
  readonly sent: number
  readonly received: number
  readonly lost: number
  /** `null` if there was no answer. */
  readonly rttMs: RoundTripFigures | null
}

/** Counts the pings of one run. */
export class PingTally {
  readonly #roundTrips = new RoundTrips()
  #lost = 0
  #wasConnected = false

  add(outcome: PingOutcome): void {
    if (outcome.kind === 'answered') {
      this.#roundTrips.add(outcome.rttMs)
    } else {
      this.#lost++
      this.#wasConnected ||= outcome.wasConnected
    }
  }

  /** A ping was sent and not answered: there is somebody, who did not care to. */
  get wasIgnored(): boolean {
    return this.#wasConnected && this.#roundTrips.count === 0
  }

  get result(): PingResult {
    const received = this.#roundTrips.count
    return { sent: received + this.#lost, received, lost: this.#lost, rttMs: this.#roundTrips.figures ?? null }
  }
}

/**
 * Pings until there were `count` pings or somebody ends it, and prints each outcome and a summary. Pings that wait for
 * their answer when it is ended count for nothing. Resolves to the exit code: 1 if any ping was lost.
 */
export async function runPing(options: PingOptions, print: (line: string) => void): Promise<number> {
  const { target, from, json, count = Infinity, intervalMs } = options
  const end = endSignal({ watchParent: false })
  const pinger = new Pinger(options)
  const tally = new PingTally()
  const name = formatHeartbeatAddress(target)
  const pingOnce = async (seq: number): Promise<void> => {
    const outcome = await pinger.ping()
    if (outcome.kind === 'lost' && end.reason !== undefined) return
    tally.add(outcome)
    if (!json) print(describeOutcome(seq, outcome, name))
  }
  if (!json) print(`HEARTBEAT ${name} as ${from.toString()}`)
  const inFlight = new Set<Promise<void>>()
  for (let seq = 1; seq <= count && !end.signal.aborted; seq++) {
    const ping = pingOnce(seq).finally(() => inFlight.delete(ping))
    inFlight.add(ping)
    if (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight)
    if (seq < count) await wait(intervalMs, undefined, { signal: end.signal }).catch(ignore)
  }
  await Promise.race([Promise.all(inFlight), end.came])
  await pinger.stop()
  await Promise.all(inFlight)
  end.stopListening()
  for (const line of json ? [JSON.stringify(tally.result)] : resultLines(tally, options)) print(line)
  return tally.result.lost === 0 ? 0 : 1
}

/** A line for one ping, as `ping(8)` prints it. */
export function describeOutcome(seq: number, outcome: PingOutcome, name: string): string {
  if (outcome.kind === 'lost') return `lost: seq=${seq} ${outcome.reason}`
  const { bytes, osd, mapEpoch, rttMs } = outcome
  return `${bytes} bytes from osd.${osd} (${name}): seq=${seq} epoch=${mapEpoch} time=${formatMs(rttMs)}`
}

/** The summary, and what to try if somebody is there and does not answer. */
export function resultLines({ result, wasIgnored }: PingTally, { target, fsid }: PingOptions): readonly string[] {
  const { sent, received, lost, rttMs } = result
  const lines = ['', `--- ${formatHeartbeatAddress(target)} heartbeat statistics ---`]
  lines.push(`${sent} pings sent, ${received} received, ${lost} lost`)
  if (rttMs !== null) lines.push(`rtt min/p50/p99/max = ${rttMs.min}/${rttMs.p50}/${rttMs.p99}/${rttMs.max} ms`)
  if (wasIgnored && fsid.isZero()) {
    lines.push('An OSD of Ceph answers only pings that name its cluster: try --fsid with what "ceph fsid" prints.')
  } else if (wasIgnored) {
    lines.push('An OSD answers only pings that name its own cluster: is the --fsid right?')
  }
  return lines
}

function ignore(): void {
  // It is over, as the signal says itself.
}
