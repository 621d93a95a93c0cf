import { describe, expect, test } from 'vitest'
import type { Scenario, WireName } from './simulation/scenario.ts'
import { simulate } from './simulation/simulate.ts'
import { addTally, emptyTally, type Tally } from './simulation/tally.ts'
import { unfold } from './simulation/unfold.ts'

// The short form of `npm run simulate`, which plays as many as wanted.

/** Plays scenarios by their seeds; what they break is told with the command that shows how. */
function play(wire: WireName, firstSeed: number, count: number, peerCount: number): { broken: string[]; tally: Tally } {
  const tally = emptyTally()
  const broken: string[] = []
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const verdict = simulate(unfold(seed, { peerCount, wire }))
    addTally(tally, verdict.tally)
    const command = `npm run simulate -- --scenarios 1 --seed ${seed} --wire ${wire} --peers ${peerCount} --trace`
    if (verdict.broken.length > 0) broken.push(`${command}\n${verdict.broken.join('\n')}`)
  }
  return { broken, tally }
}

/** How many times each thing happens, at the very least, in the two thousand scenarios of two hosts. */
const AT_LEAST: Readonly<Record<keyof Tally, number>> = {
  sent: 20_000,
  answers: 2_000,
  delivered: 20_000,
  deliveredAnew: 6,
  sentInStandby: 700,
  sentWhileConnecting: 7_000,
  keepalives: 1_000,
  keepalivesAnswered: 700,
  dials: 4_000,
  opened: 6_000,
  reconnects: 2_000,
  cuts: 1_000,
  halfOpens: 500,
  stalls: 100,
  refusedDials: 100,
  lostDials: 80,
  faults: 3_000,
  standbys: 1_000,
  handshakeTimeouts: 100,
  idleTimeouts: 800,
  heldBack: 1_000,
  lostWhileHeldBack: 90,
  races: 300,
  waits: 100,
  replaced: 1_000,
  retriesGlobal: 10,
  retriesSession: 9,
  resetSessions: 100,
  resets: 200,
  lossyEnds: 1_000,
  markDowns: 500,
  madeLossy: 90,
  exits: 200,
  crashes: 100,
  newNonces: 100,
}

/** A session of version 2 is resumed under the same number until the peer has heard of it. */
const AT_LEAST_V2: Partial<Record<keyof Tally, number>> = { retriesSession: 1 }

// A few seconds, unless the machine does much else.
const PATIENCE = { timeout: 180_000 }

describe.each<WireName>(['v1', 'v2'])(
  'on a network that cuts, delays, stalls and forgets, on %s,',
  PATIENCE,
  (wire) => {
    test('every promise is kept between two, who do all that the scenarios are meant to have them do', () => {
      const { broken, tally } = play(wire, 1, 2_000, 2)
      expect(broken).toEqual([])
      const atLeast = wire === 'v1' ? AT_LEAST : { ...AT_LEAST, ...AT_LEAST_V2 }
      const seldom = Object.entries(atLeast).filter(([name, least]) => tally[name as keyof Tally] < least)
      expect(seldom.map(([name, least]) => `${name}: ${tally[name as keyof Tally]}, expected ${least}`)).toEqual([])
    })

    test('every promise is kept among three', () => {
      expect(play(wire, 1_000_000, 800, 3).broken).toEqual([])
    })

    test('every promise is kept among five', () => {
      expect(play(wire, 2_000_000, 300, 5).broken).toEqual([])
    })
  },
)

test('a seed always unfolds to the same scenario, which always plays the same', () => {
  const tell = (scenario: Scenario): readonly string[] => simulate(scenario, { isTracing: true }).trace
  for (const seed of [3, 7, 4711]) {
    expect(unfold(seed)).toEqual(unfold(seed))
    expect(tell(unfold(seed))).toEqual(tell(unfold(seed)))
  }
})
