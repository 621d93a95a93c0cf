import { StressError } from './errors.ts'
import type { MessengerChoice } from './messenger-choice.ts'
import { longestPayload, type PayloadMix } from './payload-mix.ts'
import type { PolicyPairName } from './policy-pair.ts'
import { presets, type PresetName } from './presets.ts'
import type { Sabotage, StressPlan } from './stress-plan.ts'

const DEFAULT_CONNECTIONS = 8
/** Clients and servers of a steady run, per process of servers. */
const DEFAULT_STEADY_SERVERS = 2
/** Of `--delays`, if it does not say how long: messages in milliseconds, and steps of handshakes. */
const HANDSHAKE_DELAY_MS = 100

/** What the command line has said; what it has not said is the preset's to say. */
export interface StressRequest {
  readonly preset: PresetName
  readonly messenger: MessengerChoice
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
  /** How long messages are held back at most, in milliseconds. */
  readonly delayMs?: number
  readonly sabotage?: Sabotage
}

/** The plan of a run. Throws `StressError` for what does not go together. */
export function makePlan(request: StressRequest): StressPlan {
  const preset = presets[request.preset]
  const { messenger, seed, inFlight, processes } = request
  const cutEvery = request.cutEvery ?? preset.cutEvery ?? 0
  const policy = request.policy ?? preset.policy
  const isTimed = request.seconds !== undefined
  const presetMessages = isTimed ? undefined : preset.messages
  const delays = preset.delays ?? { messageMs: 0, handshakeMs: 0 }
  return {
    ...{ messenger, policy, seed, cutEvery, inFlight },
    delays:
      request.delayMs === undefined
        ? delays
        : { messageMs: request.delayMs, handshakeMs: Math.max(delays.handshakeMs, HANDSHAKE_DELAY_MS) },
    payload: request.payload ?? preset.payload ?? { kind: 'mixed', maxBytes: longestPayload(cutEvery) },
    dispatchThrottleBytes: preset.dispatchThrottleBytes ?? null,
    messages: request.messages ?? presetMessages ?? null,
    seconds: request.seconds ?? null,
    processCount: processes,
    sabotage: request.sabotage ?? null,
    ...makeRules(request),
  }
}

function makeRules(request: StressRequest): Pick<StressPlan, 'rules' | 'serverCount' | 'clientCount'> {
  const { dance, serverCount = 1, clientCount = 1, connections: usual = DEFAULT_CONNECTIONS } = presets[request.preset]
  const { connections, steps, processes } = request
  if (dance !== undefined) {
    const firstConnections = connections ?? dance.firstConnections
    const maxConnections = Math.max(dance.maxConnections, firstConnections)
    const rules = { ...dance, firstConnections, maxConnections, steps: steps ?? dance.steps }
    return { rules, serverCount, clientCount }
  }
  if (steps !== undefined) throw new StressError('ERR_STRESS_ARGUMENT', `${request.preset} knows no --steps`)
  const count = connections ?? usual
  const servers = Math.min(count, Math.max(DEFAULT_STEADY_SERVERS, Math.floor(processes / 2)))
  return {
    rules: { kind: 'steady', connections: count },
    serverCount: servers,
    clientCount: Math.ceil(count / servers),
  }
}
