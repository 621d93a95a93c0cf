import { Policies, type Policy } from '@msgr/messenger'

/** The policies of the two ends, named for the client's. */
export interface PolicyPair {
  readonly client: () => Policy
  readonly server: () => Policy
  /** Both ends dial: clients are bound as well, and who drops a connection drops it at both ends. */
  readonly isSymmetric: boolean
  /** A broken socket loses what is under way, and the application is told. */
  readonly isLossy: boolean
}

export type PolicyPairName = 'losslessPeer' | 'losslessPeerReuse' | 'losslessClient' | 'lossyClient'

/** The pairs that Ceph's tests use. */
export const policyPairs: Readonly<Record<PolicyPairName, PolicyPair>> = {
  losslessPeer: { client: Policies.losslessPeer, server: Policies.losslessPeer, isSymmetric: true, isLossy: false },
  losslessPeerReuse: {
    client: Policies.losslessPeerReuse,
    server: Policies.losslessPeerReuse,
    isSymmetric: true,
    isLossy: false,
  },
  losslessClient: {
    client: Policies.losslessClient,
    server: Policies.statefulServer,
    isSymmetric: false,
    isLossy: false,
  },
  lossyClient: { client: Policies.lossyClient, server: Policies.statelessServer, isSymmetric: false, isLossy: true },
}

export const POLICY_PAIR_NAMES = Object.keys(policyPairs) as readonly PolicyPairName[]
