import { EntityAddr, EntityType } from '@msgr/message'
import { Host, type HostSettings, Network } from './host.ts'
import { seeded } from './seeded.ts'
import { VirtualClock } from './virtual-clock.ts'

/** Addresses are compared nonce first, so A is the lower of the two. */
export const ADDR_A: EntityAddr = EntityAddr.parse('v1:10.0.0.1:6800/1')
export const ADDR_B: EntityAddr = EntityAddr.parse('v1:10.0.0.2:6800/2')

export interface Pair {
  readonly clock: VirtualClock
  readonly network: Network
  readonly a: Host
  readonly b: Host
}

/** Two OSDs that know nothing of each other yet. */
export function pairOf(
  a: Pick<HostSettings, 'policy'> & Partial<HostSettings>,
  b: Pick<HostSettings, 'policy'> & Partial<HostSettings>,
): Pair {
  const clock = new VirtualClock()
  const network = new Network(clock)
  return {
    clock,
    network,
    a: new Host(network, { addr: ADDR_A, type: EntityType.osd, num: 1, random: seeded(1), ...a }),
    b: new Host(network, { addr: ADDR_B, type: EntityType.osd, num: 2, random: seeded(2), ...b }),
  }
}

/** A wall clock that the sessions never see: enough for every wait that a test leads to. */
export const LONG_ENOUGH_MS = 60_000
