import type { Throttle } from '@msgr/dispatcher'
import { Policies, type Policy } from '@msgr/msgr-protocol'

/** What messages from peers of one type may take up until they are dispatched. */
export interface PolicyThrottlers {
  /** Bytes of front, middle and data. */
  readonly bytes?: Throttle | undefined
  /** Messages. */
  readonly messages?: Throttle | undefined
}

/** All that a table holds. */
export interface PolicyEntries {
  readonly byDefault: Policy
  readonly byType: readonly (readonly [peerType: number, policy: Policy])[]
  readonly throttlers: readonly (readonly [peerType: number, throttlers: PolicyThrottlers])[]
}

const NO_THROTTLERS: PolicyThrottlers = {}

/** Which policy holds for which type of peer. Ceph: src/msg/Policy.h, PolicySet */
export class PolicyTable {
  #default: Policy = Policies.statelessServer()
  readonly #byType = new Map<number, Policy>()
  readonly #throttlers = new Map<number, PolicyThrottlers>()

  setDefault(policy: Policy): void {
    this.#default = policy
  }

  set(peerType: number, policy: Policy): void {
    this.#byType.set(peerType, policy)
  }

  setThrottlers(peerType: number, throttlers: PolicyThrottlers): void {
    this.#throttlers.set(peerType, throttlers)
  }

  /** What another table needs to be like this one. */
  get entries(): PolicyEntries {
    return { byDefault: this.#default, byType: [...this.#byType], throttlers: [...this.#throttlers] }
  }

  /** Takes over what another table holds. Nothing is ever taken out of one. */
  assign({ byDefault, byType, throttlers }: PolicyEntries): void {
    this.#default = byDefault
    for (const [peerType, policy] of byType) this.#byType.set(peerType, policy)
    for (const [peerType, limits] of throttlers) this.#throttlers.set(peerType, limits)
  }

  get(peerType: number): Policy {
    return this.#byType.get(peerType) ?? this.#default
  }

  throttlers(peerType: number): PolicyThrottlers {
    return this.#throttlers.get(peerType) ?? NO_THROTTLERS
  }
}
