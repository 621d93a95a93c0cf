import type { SessionState } from './decide-accept.ts'
import type { Policy } from './policy.ts'

/** What becomes of a session that has lost its transport: it is over, it waits, or it dials again. */
export type FaultDecision = 'end' | 'standby' | 'reconnect' | 'nothing'

/**
 * Decides by policy. `isIdle`: neither a message nor a keepalive waits to be sent, counting those to be sent again.
 * `mayDial`: this end dials, and the peer can be dialled.
 *
 * Ceph: src/msg/async/ProtocolV1.cc, fault. Differs from Ceph: a peer that listens nowhere is waited for, as it must
 * come by itself; Ceph dials its port 0, and when the peer does come it is told to wait for that attempt.
 */
export function decideFault(
  session: {
    readonly state: SessionState
    readonly lossy: boolean
    readonly policy: Policy
    readonly mayDial: boolean
  },
  isIdle: boolean,
): FaultDecision {
  const { state, lossy, policy, mayDial } = session
  if (state === 'closed' || state === 'standby') return 'nothing'
  if (state === 'accepting') return 'end'
  // A lossy session that was never open has lost nothing yet.
  if (lossy && state !== 'connecting') return 'end'
  return !mayDial || (policy.standby && isIdle) ? 'standby' : 'reconnect'
}
