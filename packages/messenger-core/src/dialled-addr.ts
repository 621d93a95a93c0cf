import type { EntityAddr, EntityAddrVec } from '@msgr/message'
import type { WireVersion } from '@msgr/msgr-protocol'
import { MessengerError } from './errors.ts'

/** The version of the protocol that an address is of: 2, if it leaves it open. Throws `MessengerError` for neither. */
export function wireOf(addr: EntityAddr): WireVersion {
  if (addr.type === 'v1') return 'v1'
  if (addr.type === 'v2' || addr.type === 'any') return 'v2'
  const text = `address: expected one of type v1 or v2, got ${addr.toString()}`
  throw new MessengerError('ERR_MSGR_BAD_ADDRESS', text)
}

/**
 * Where to dial a peer that has these addresses. Who listens in version 1 alone dials there, if the peer does too: a
 * session that began in version 2 could never be taken up by its peer.
 *
 * Ceph: src/msg/async/AsyncMessenger.cc, _filter_addrs. Differs from Ceph: a peer without an address of version 1 is
 * dialled all the same.
 */
export function dialledAddr(addr: EntityAddr | EntityAddrVec, ownAddrs: EntityAddrVec): EntityAddr {
  if (!('addrs' in addr)) return addr.with({ type: wireOf(addr) })
  const msgr2 = [...addr].find(({ type }) => type === 'v2' || type === 'any')
  const listensInV1Alone = [...ownAddrs].every(({ type }) => type === 'v1')
  const preferred = msgr2 === undefined || listensInV1Alone ? addr.legacyOrFrontAddr() : msgr2
  return preferred.with({ type: wireOf(preferred) })
}
