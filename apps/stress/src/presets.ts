import type { PayloadMix } from './payload-mix.ts'
import type { PolicyPairName } from './policy-pair.ts'
import type { DanceRules, Delays } from './stress-plan.ts'

const MIB = 1024 * 1024

/** A run that has a name. Where a field is missing, the usual holds. */
export interface Preset {
  readonly policy: PolicyPairName
  readonly dance?: DanceRules
  readonly messages?: number
  readonly connections?: number
  readonly serverCount?: number
  readonly clientCount?: number
  readonly payload?: PayloadMix
  readonly cutEvery?: number
  readonly delays?: Delays
  readonly dispatchThrottleBytes?: number
}

export type PresetName = 'plain' | 'million' | 'stress' | 'stress16' | 'inject' | 'inject2' | 'inject3' | 'inject4'

const NO_DELAYS: Delays = { messageMs: 0, handshakeMs: 0 }
const CEPH_PAYLOAD: PayloadMix = { kind: 'uniform', minBytes: 32, maxBytes: 4 * MIB }

const DANCE: DanceRules = {
  kind: 'dance',
  connectAbove: 90,
  dropAbove: 80,
  drops: true,
  sendAbove: 10,
  restMs: [0.1, 0.6],
  firstConnections: 100,
  maxConnections: 128,
  steps: 1000,
}

const INJECT = {
  payload: CEPH_PAYLOAD,
  cutEvery: 30,
  delays: { ...NO_DELAYS, handshakeMs: 100 },
} as const

/** `plain` and `million` are strict; the others are Ceph's tests of the same names (SyntheticStressTest and so on). */
export const presets: Readonly<Record<PresetName, Preset>> = {
  plain: { policy: 'losslessPeer', messages: 20_000 },
  million: {
    policy: 'losslessPeer',
    messages: 1_000_000,
    cutEvery: 100,
    payload: { kind: 'uniform', minBytes: 0, maxBytes: 256 },
  },
  stress: {
    policy: 'losslessClient',
    dance: { ...DANCE, steps: 5000, restMs: [0.5, 1.5] },
    serverCount: 8,
    clientCount: 32,
    payload: CEPH_PAYLOAD,
  },
  stress16: {
    policy: 'losslessPeerReuse',
    dance: { ...DANCE, connectAbove: 80, dropAbove: 60, firstConnections: 10, steps: 10_000, restMs: [0.5, 1.5] },
    serverCount: 16,
    clientCount: 32,
    payload: CEPH_PAYLOAD,
  },
  inject: {
    ...INJECT,
    policy: 'losslessClient',
    dance: DANCE,
    serverCount: 8,
    clientCount: 32,
    dispatchThrottleBytes: 16 * MIB,
  },
  inject2: { ...INJECT, policy: 'losslessPeerReuse', dance: DANCE, serverCount: 8, clientCount: 16 },
  inject3: { ...INJECT, policy: 'lossyClient', dance: DANCE, serverCount: 8, clientCount: 16, cutEvery: 600 },
  inject4: {
    ...INJECT,
    policy: 'losslessPeer',
    dance: { ...DANCE, connectAbove: 95, drops: false },
    serverCount: 16,
    clientCount: 32,
    delays: { handshakeMs: 100, messageMs: 5000 },
  },
}

export const PRESET_NAMES = Object.keys(presets) as readonly PresetName[]
