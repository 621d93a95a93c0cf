import { FEATURES_ALL } from '@msgr/message'

/**
 * What a session with one kind of peer promises, and which end keeps it alive. Ceph: src/msg/Policy.h
 */
export interface Policy {
  /** On an error the session is over: nothing is sent again, and the application is told. */
  readonly lossy: boolean
  /** This end never dials. */
  readonly server: boolean
  /** After an error with nothing to send, wait instead of dialling. */
  readonly standby: boolean
  /** Notice that the peer has lost its state, and tell the application. */
  readonly resetCheck: boolean
  /** Accepted lossy connections can be found by their address. Without, each stands for itself. */
  readonly registerLossyClients: boolean
  readonly featuresSupported: bigint
  /** A peer without these is refused. */
  readonly featuresRequired: bigint
}

/** Makes a policy; a peer without the features given is refused. */
export type PolicyMaker = (featuresRequired?: bigint) => Policy

function policy(flags: Partial<Policy>): PolicyMaker {
  return (featuresRequired = 0n) => ({
    lossy: false,
    server: false,
    standby: false,
    resetCheck: false,
    registerLossyClients: true,
    featuresSupported: FEATURES_ALL,
    ...flags,
    featuresRequired,
  })
}

/** A session that a peer opens under this policy cannot be found by the peer's address: it stands for itself. */
export function acceptsAnonymously({ server, lossy, registerLossyClients }: Policy): boolean {
  return server && lossy && !registerLossyClients
}

export type PolicyName =
  | 'statefulServer'
  | 'statelessServer'
  | 'statelessRegisteredServer'
  | 'losslessPeer'
  | 'losslessPeerReuse'
  | 'lossyClient'
  | 'losslessClient'

/**
 * The named policies. Lossy ones suit requests that are asked again; lossless ones deliver each message once and in
 * order, whatever happens to sockets, as long as both processes live.
 */
export const Policies: Readonly<Record<PolicyName, PolicyMaker>> = {
  /** Serves clients whose sessions are worth keeping while they are away. */
  statefulServer: policy({ server: true, standby: true, resetCheck: true }),
  /** Serves clients that ask again; keeps nothing for them. */
  statelessServer: policy({ server: true, lossy: true, registerLossyClients: false }),
  /** The same, but a client that comes back replaces what was left of its last connection. */
  statelessRegisteredServer: policy({ server: true, lossy: true }),
  /** Both ends dial and keep their queues, and take up a session even with a peer that has forgotten it. */
  losslessPeer: policy({ standby: true }),
  /** The same, but a peer that has forgotten the session is noticed and the application is told. */
  losslessPeerReuse: policy({ standby: true, resetCheck: true }),
  /** Dials; an error ends the connection. */
  lossyClient: policy({ lossy: true }),
  /** Dials, and dials again after an error until it is through. */
  losslessClient: policy({ resetCheck: true }),
}
