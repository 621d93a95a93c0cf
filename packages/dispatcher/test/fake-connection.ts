import { EntityAddr, EntityAddrVec, FEATURES_ALL, hasFeature, type Connection } from '@msgr/message'

/** A connection that only has a name: what it is told to do, it does not. */
export function connectionNamed(id: number): Connection {
  return {
    id,
    peerType: 4,
    peerAddr: EntityAddr.none,
    peerName: undefined,
    peerAddrs: new EntityAddrVec([EntityAddr.none]),
    peerIdentity: undefined,
    features: FEATURES_ALL,
    isConnected: true,
    isLoopback: false,
    priv: undefined,
    lastKeepaliveMs: undefined,
    lastKeepaliveAckMs: undefined,
    queuedCount: 0,
    unackedCount: 0,
    hasFeature: (mask) => hasFeature(FEATURES_ALL, mask),
    queuedBytes: 0,
    sendMessage: () => 'dropped',
    drained: () => Promise.resolve(),
    sendKeepalive: () => undefined,
    markDown: () => undefined,
    markDisposable: () => undefined,
  }
}
