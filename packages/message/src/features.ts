/**
 * Feature bits of Ceph that a messenger or the messages here act on, each as the mask to test for: the bit itself
 * and, where a bit was given a new meaning, the bits that tell the new meaning from the old.
 *
 * Ceph: src/include/ceph_features.h
 */
const bit = (n: number): bigint => 1n << BigInt(n)
const SERVER_JEWEL = bit(57)
const SERVER_MIMIC = SERVER_JEWEL | bit(28)

export const Feature = {
  uid: bit(0),
  noSrcAddr: bit(1),
  serverNautilus: bit(2) | SERVER_MIMIC,
  /** The ends tell each other the last sequence number they saw when they connect. */
  reconnectSeq: bit(6),
  pgid64: bit(9),
  osdEnc: bit(13),
  serverKraken: bit(14) | SERVER_JEWEL,
  crushTunables: bit(18),
  serverLuminous: bit(21) | SERVER_JEWEL,
  /** A 21-byte footer with room for a signature, and random first sequence numbers after a reset. */
  msgAuth: bit(23),
  crushTunables2: bit(25),
  serverMimic: SERVER_MIMIC,
  osdHashPsPool: bit(30),
  crushV2: bit(36),
  crushTunables3: bit(41),
  msgrKeepalive2: bit(42),
  crushV4: bit(48),
  serverJewel: SERVER_JEWEL,
  crushTunables5: bit(58),
  /** Addresses inside payloads use the newer encoding. */
  msgAddr2: bit(59),
  cephxV2: bit(61),
} as const

/** What Ceph 16.2.15 advertises, and what a messenger of ours advertises by default: proven with its daemons. */
export const FEATURES_ALL = 0x3f01cfbdfffdffffn

/** True if `features` holds every bit of `mask`. */
export function hasFeature(features: bigint, mask: bigint): boolean {
  return (features & mask) === mask
}
