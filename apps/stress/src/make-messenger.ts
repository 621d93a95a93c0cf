import type { EntityName, Messenger, MessengerSettings } from '@msgr/messenger'
import { mix } from './dice.ts'
import type { FaultLog } from './fault-log.ts'
import { MNoise } from './m-noise.ts'
import { createChosen } from './messenger-choice.ts'
import { policyPairs } from './policy-pair.ts'
import type { StressPlan } from './stress-plan.ts'
import { wireSettings } from './wire-choice.ts'

/**
 * Waits between attempts to connect, in milliseconds. The defaults are for networks; here they would be most of the
 * run. Ceph's tests lower them too.
 */
const INITIAL_BACKOFF_MS = 2
const MAX_BACKOFF_MS = 100
/** Whose messages are held back. */
const DELAYED_PEERS = 'client osd'

/** A messenger as the plan wants it, with faults of its own. */
export function makeMessenger(name: EntityName, role: 'client' | 'server', plan: StressPlan, log: FaultLog): Messenger {
  const { cutEvery, delays, dispatchThrottleBytes, seed } = plan
  const settings: MessengerSettings = {
    ...wireSettings(plan.messenger.wire, name, plan),
    messages: [MNoise],
    logger: log.loggerFor(name.toString()),
    initialBackoffMs: INITIAL_BACKOFF_MS,
    maxBackoffMs: MAX_BACKOFF_MS,
    injectSeed: mix(seed, name.type, name.num),
    injectSocketFailures: cutEvery,
    injectInternalDelaysMs: delays.handshakeMs,
    ...(delays.messageMs === 0
      ? {}
      : { injectDelayType: DELAYED_PEERS, injectDelayProbability: 1, injectDelayMaxMs: delays.messageMs }),
    ...(dispatchThrottleBytes === null ? {} : { dispatchThrottleBytes }),
  }
  const messenger = createChosen(name, plan.messenger, settings)
  messenger.setDefaultPolicy(policyPairs[plan.policy][role]())
  return messenger
}
