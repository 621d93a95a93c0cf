import { EntityType } from '@msgr/message'
import type { PolicyName } from '../../src/index.ts'
import { integerFrom, seeded } from '../network/seeded.ts'
import type {
  End,
  HostPlan,
  LinkTrouble,
  NotePlan,
  PairPlan,
  RestartStep,
  Scenario,
  Step,
  WireName,
} from './scenario.ts'

type Random = () => number

const TYPES = [EntityType.osd, EntityType.mon, EntityType.mds, EntityType.mgr, EntityType.client]
const PRIORITIES = [63, 127, 196]

/** What two hosts may think of each other. The first of each dials; among peers both do. */
const RELATIONS: readonly (readonly [PolicyName, PolicyName])[] = [
  ['losslessPeer', 'losslessPeer'],
  ['losslessPeerReuse', 'losslessPeerReuse'],
  ['losslessPeer', 'losslessPeerReuse'],
  ['losslessClient', 'statefulServer'],
  ['losslessClient', 'statefulServer'],
  ['lossyClient', 'statelessServer'],
  ['lossyClient', 'statelessRegisteredServer'],
  // The accepting end decides whether a session is lossy.
  ['losslessClient', 'statelessServer'],
  ['lossyClient', 'statefulServer'],
]

/** Ceph's own waits, and brisk ones, with which more happens in the same time. */
const TIMINGS = [
  { initialBackoffMs: 200, maxBackoffMs: 15_000, connectionReadyTimeoutMs: 10_000 },
  { initialBackoffMs: 20, maxBackoffMs: 400, connectionReadyTimeoutMs: 600 },
]
export const PATIENT_MS = 900_000

/** How much of each kind of trouble there is. Shares are of links, rates are of steps. */
interface Mood {
  readonly troubledShare: number
  readonly stallShare: number
  /** How many of the broken links one end does not notice for long. */
  readonly halfOpenShare: number
  readonly failShare: number
  readonly isImpatient: number
  /** How many sends have both ends send, at nearly the same time. */
  readonly bothShare: number
  readonly cut: number
  readonly restart: number
  readonly markDown: number
  readonly makeLossy: number
  readonly keepalive: number
}

const CALM: Mood = {
  troubledShare: 0.1,
  stallShare: 0.1,
  halfOpenShare: 0.1,
  failShare: 0.03,
  isImpatient: 0.1,
  bothShare: 0.1,
  cut: 0.05,
  restart: 0,
  markDown: 0.02,
  makeLossy: 0.005,
  keepalive: 0.08,
}
const MOODS: readonly Mood[] = [
  CALM,
  { ...CALM, troubledShare: 0.75, cut: 0.2 },
  { ...CALM, troubledShare: 0.5, stallShare: 0.6, bothShare: 0.7, failShare: 0.1 },
  { ...CALM, troubledShare: 0.4, restart: 0.15, cut: 0.1 },
  { ...CALM, troubledShare: 0.4, markDown: 0.15, cut: 0.1, makeLossy: 0.03 },
  { ...CALM, troubledShare: 0.5, halfOpenShare: 0.8, isImpatient: 0.7, cut: 0.15, keepalive: 0.15 },
  {
    troubledShare: 0.6,
    stallShare: 0.4,
    halfOpenShare: 0.3,
    failShare: 0.15,
    isImpatient: 0.3,
    bothShare: 0.4,
    cut: 0.12,
    restart: 0.07,
    markDown: 0.07,
    makeLossy: 0.02,
    keepalive: 0.1,
  },
]

/** The scenario of a seed. Without `peerCount` the seed chooses between two, three and five hosts. */
export function unfold(seed: number, choice: { readonly peerCount?: number; readonly wire?: WireName } = {}): Scenario {
  const random = seeded(seed)
  const share = random()
  const hostCount = choice.peerCount ?? (share < 0.68 ? 2 : share < 0.94 ? 3 : 5)
  const mood = pick(random, MOODS)
  const pairs = unfoldPairs(random, hostCount)
  const steps = unfoldSteps(random, mood, pairs)
  const linkCount = integerFrom(random, 2, 6) * pairs.length
  return {
    seed,
    wire: choice.wire ?? 'v1',
    hosts: unfoldHosts(random, mood, pairs, hostCount),
    pairs,
    links: Array.from({ length: linkCount }, () => unfoldLink(random, mood)),
    steps,
    // By then whoever restarts is back, and everybody knows.
    healAtMs: (steps.at(-1)?.atMs ?? 0) + 4_500,
  }
}

function unfoldPairs(random: Random, hostCount: number): PairPlan[] {
  const pairs: PairPlan[] = []
  for (let b = 1; b < hostCount; b++) {
    for (let a = 0; a < b; a++) {
      // Each has somebody to speak to, and many have several.
      if (a < b - 1 && random() < 0.5) continue
      const hosts: [number, number] = random() < 0.5 ? [a, b] : [b, a]
      pairs.push({ hosts, policies: pick(random, RELATIONS) })
    }
  }
  return pairs
}

function unfoldHosts(random: Random, mood: Mood, pairs: readonly PairPlan[], hostCount: number): HostPlan[] {
  return Array.from({ length: hostCount }, (_, index) => {
    const onlyDials = pairs.every(({ hosts, policies }) => {
      const at = hosts.indexOf(index)
      return at < 0 || (at === 0 && (policies[0] === 'lossyClient' || policies[0] === 'losslessClient'))
    })
    const isImpatient = random() < mood.isImpatient
    return {
      type: TYPES[index]!,
      nonce: integerFrom(random, 1, 0xffff_ffff),
      port: onlyDials && random() < 0.7 ? 0 : integerFrom(random, 6_800, 7_300),
      timing: {
        ...pick(random, TIMINGS),
        connectionIdleTimeoutMs: isImpatient ? integerFrom(random, 300, 3_000) : PATIENT_MS,
      },
      slabSize: random() < 0.2 ? 8_192 : 1_024,
      holdBackShare: random() < 0.4 ? random() * 0.3 : 0,
      holdBackMs: integerFrom(random, 1, 80),
      ponderShare: random() < 0.3 ? random() : 0,
      ponderMs: integerFrom(random, 1, 60),
    }
  })
}

function unfoldLink(random: Random, mood: Mood): LinkTrouble {
  const isTroubled = random() < mood.troubledShare
  const stalls = isTroubled && random() < mood.stallShare
  const fails = random() < mood.failShare ? pick(random, ['refused', 'refused', 'lost'] as const) : undefined
  return {
    latencyMs: random() < 0.2 ? integerFrom(random, 10, 60) : integerFrom(random, 0, 4),
    maxPieceBytes: random() < 0.3 ? 0 : random() < 0.15 ? 12 : integerFrom(random, 40, 4_000),
    fails,
    breaks: isTroubled && !(stalls && random() < 0.5) ? unfoldPoint(random) : undefined,
    stalls: stalls ? { ...unfoldPoint(random), forMs: unfoldStallMs(random) } : undefined,
    noticeMs: unfoldNotice(random, mood),
  }
}

/** Half of all points are within a handshake or soon after it. */
function unfoldPoint(random: Random): { end: End; atBytes: number } {
  return { end: random() < 0.5 ? 'dialler' : 'acceptor', atBytes: integerFrom(random, 0, random() < 0.6 ? 500 : 6_000) }
}

function unfoldStallMs(random: Random): number {
  return random() < 0.5 ? integerFrom(random, 1, 100) : integerFrom(random, 100, 3_000)
}

function unfoldNotice(random: Random, mood: Mood): Record<End, number> {
  const quick = { dialler: integerFrom(random, 0, 40), acceptor: integerFrom(random, 0, 40) }
  if (random() >= mood.halfOpenShare) return quick
  const end = random() < 0.5 ? 'dialler' : 'acceptor'
  return { ...quick, [end]: integerFrom(random, 500, 60_000) }
}

function unfoldSteps(random: Random, mood: Mood, pairs: readonly PairPlan[]): Step[] {
  const steps: Step[] = []
  let atMs = 0
  const count = integerFrom(random, 6, 16) + 4 * (pairs.length - 1)
  for (let i = 0; i < count; i++) {
    const pair = pick(random, pairs)
    steps.push(...(i === 0 ? unfoldSends(random, mood, pair, atMs) : unfoldStep(random, mood, pair, atMs)))
    atMs += random() < 0.8 ? integerFrom(random, 0, 40) : integerFrom(random, 40, 2_500)
  }
  return steps.sort((a, b) => a.atMs - b.atMs)
}

function unfoldStep(random: Random, mood: Mood, pair: PairPlan, atMs: number): Step[] {
  const [from, to] = random() < 0.5 ? pair.hosts : [pair.hosts[1], pair.hosts[0]]
  let chance = random()
  const happens = (rate: number): boolean => {
    chance -= rate
    return chance < 0
  }
  if (happens(mood.cut)) {
    const { dialler, acceptor } = unfoldNotice(random, mood)
    return [{ atMs, kind: 'cut', hosts: pair.hosts, noticeMs: [dialler, acceptor] }]
  }
  if (happens(mood.restart)) return [{ atMs, ...unfoldRestart(random, from) }]
  if (happens(mood.markDown)) return [{ atMs, kind: 'markDown', from, to }]
  if (happens(mood.makeLossy)) return [{ atMs, kind: 'makeLossy', from, to }]
  if (happens(mood.keepalive)) return [{ atMs, kind: 'keepalive', from, to }]
  return unfoldSends(random, mood, pair, atMs)
}

function unfoldRestart(random: Random, host: number): RestartStep {
  return {
    kind: 'restart',
    host,
    how: random() < 0.6 ? 'exit' : 'crash',
    downMs: random() < 0.5 ? integerFrom(random, 0, 60) : integerFrom(random, 60, 2_000),
    newNonce: random() < 0.5 ? undefined : integerFrom(random, 1, 0xffff_ffff),
    learnedAfterMs: integerFrom(random, 0, 2_000),
  }
}

function unfoldSends(random: Random, mood: Mood, pair: PairPlan, atMs: number): Step[] {
  const [first, second] = pair.hosts
  const send = (at: number, from: number, to: number): Step => {
    const notes = Array.from({ length: integerFrom(random, 1, 3) }, () => unfoldNote(random, mood))
    return { atMs: at, kind: 'send', from, to, notes }
  }
  if (random() < mood.bothShare)
    return [send(atMs, first, second), send(atMs + integerFrom(random, 0, 4), second, first)]
  return [random() < 0.6 ? send(atMs, first, second) : send(atMs, second, first)]
}

/** Without a mood it is an answer, which has none itself. */
function unfoldNote(random: Random, mood?: Mood): NotePlan {
  const chance = random()
  const most = chance < 0.9 ? 60 : chance < 0.985 ? 1_500 : chance < 0.997 ? 8_000 : 20_000
  const note = { dataLength: integerFrom(random, 0, most), priority: pick(random, PRIORITIES), answer: undefined }
  if (mood === undefined) return note
  if (random() < mood.markDown / 4) return { ...note, answer: 'markDown' }
  return random() < 0.15 ? { ...note, answer: unfoldNote(random) } : note
}

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[integerFrom(random, 0, choices.length - 1)]!
}
