import { describe } from 'vitest'
import { describeAddresses } from './address-cases.ts'
import { describeBackpressure } from './backpressure-cases.ts'
import { describeDispatch } from './dispatch-cases.ts'
import { describeEnding } from './ending-cases.ts'
import { describeExchange } from './exchange-cases.ts'
import { describeFailover } from './failover-cases.ts'
import { describeFaults } from './fault-cases.ts'
import { describeHandshake } from './handshake-cases.ts'
import { describeHostility } from './hostile-cases.ts'
import type { MessengerKind } from './messenger-kind.ts'
import { describePolicies } from './policy-cases.ts'
import { describeSetup } from './setup-cases.ts'
import { describeSlowAnswers } from './slow-answer-cases.ts'

/** Checks every promise that a messenger makes to its users. Call it in a test file of the messenger's package. */
export function describeMessenger(kind: MessengerKind): void {
  describe(kind.name, () => {
    describeSetup(kind)
    // These bind to both versions anyway.
    if (kind.bindAddr.type === 'v2') describeAddresses(kind)
    describeExchange(kind)
    describePolicies(kind)
    describeHandshake(kind)
    describeSlowAnswers(kind)
    describeDispatch(kind)
    describeBackpressure(kind)
    describeFaults(kind)
    describeEnding(kind)
    if (kind.hasSockets) {
      describeFailover(kind)
      describeHostility(kind)
    }
  })
}
