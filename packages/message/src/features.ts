/**
 * The feature bits of Ceph 16.2, each as the mask to test for with `hasFeature`: the bit itself and, where a bit was
 * given a new meaning, the bits that tell the new meaning from the old: Jewel's (57), or Mimic's (57 and 28). Names on
 * one bit came in with the same change. The number behind a mask is its bit.
 *
 * What a peer is *required* to have is tested bit by bit, without such masks.
 *
 * Ceph: src/include/ceph_features.h, CEPH_FEATUREMASK_*
 */
export const Feature = {
  uid: 0x1n, // 0
  /** The 53-byte message header. Every peer here is taken to have it. */
  noSrcAddr: 0x2n, // 1
  /** An address in a payload may be of type `'any'`. */
  serverNautilus: 0x200000010000004n, // 2, since Mimic
  flock: 0x8n, // 3
  subscribe2: 0x10n, // 4
  monNames: 0x20n, // 5
  /** The ends tell each other the last sequence number they saw when they connect. */
  reconnectSeq: 0x40n, // 6
  dirLayoutHash: 0x80n, // 7
  objectLocator: 0x100n, // 8
  pgid64: 0x200n, // 9
  incSubOsdMap: 0x400n, // 10
  pgPool3: 0x800n, // 11
  osdReplyMux: 0x1000n, // 12
  osdEnc: 0x2000n, // 13
  serverKraken: 0x200000000004000n, // 14, since Jewel
  monEnc: 0x8000n, // 15
  serverOctopus: 0x200000010010000n, // 16, since Mimic
  osdRepopMlcod: 0x200000010010000n, // 16, since Mimic
  /** Defined, but advertised by nobody. */
  osPerfStatNs: 0x200000010020000n, // 17, since Mimic
  crushTunables: 0x40000n, // 18
  osdPgLogHardLimit: 0x200000000080000n, // 19, since Jewel
  serverPacific: 0x200000010100000n, // 20, since Mimic
  serverLuminous: 0x200000000200000n, // 21, since Jewel
  resendOnSplit: 0x200000000200000n, // 21, since Jewel
  radosBackoff: 0x200000000200000n, // 21, since Jewel
  osdMapPgUpmap: 0x200000000200000n, // 21, since Jewel
  crushChooseArgs: 0x200000000200000n, // 21, since Jewel
  osdFixedCollectionList: 0x200000000400000n, // 22, since Jewel
  /** A 21-byte footer with room for a signature, and random first sequence numbers after a reset. */
  msgAuth: 0x800000n, // 23
  recoveryReservation2: 0x200000001000000n, // 24, since Jewel
  crushTunables2: 0x2000000n, // 25
  createPoolId: 0x4000000n, // 26
  replyCreateInode: 0x8000000n, // 27
  serverMimic: 0x200000010000000n, // 28, since Jewel
  mdsEnc: 0x20000000n, // 29
  osdHashPsPool: 0x40000000n, // 30
  monSinglePaxos: 0x80000000n, // 31
  stretchMode: 0x200000110000000n, // 32, since Mimic
  rangeBlocklist: 0x200000410000000n, // 34, since Mimic
  osdCachePool: 0x800000000n, // 35
  crushV2: 0x1000000000n, // 36
  exportPeer: 0x2000000000n, // 37
  osdMapEnc: 0x8000000000n, // 39
  mdsInlineData: 0x10000000000n, // 40
  crushTunables3: 0x20000000000n, // 41
  osdPrimaryAffinity: 0x20000000000n, // 41
  /** Keepalives carry a stamp, and are answered. */
  msgrKeepalive2: 0x40000000000n, // 42
  osdPoolResend: 0x80000000000n, // 43
  osdFadviseFlags: 0x400000000000n, // 46
  mdsQuota: 0x800000000000n, // 47
  crushV4: 0x1000000000000n, // 48
  newOsdOpEncoding: 0x100000000000000n, // 56
  monStatefulSub: 0x200000000000000n, // 57
  serverJewel: 0x200000000000000n, // 57
  crushTunables5: 0x400000000000000n, // 58
  newOsdOpReplyEncoding: 0x400000000000000n, // 58
  fsFileLayoutV2: 0x400000000000000n, // 58
  fsBtime: 0x800000000000000n, // 59
  fsChangeAttr: 0x800000000000000n, // 59
  /** Addresses inside payloads use the newer encoding. */
  msgAddr2: 0x800000000000000n, // 59
  osdRecoveryDeletes: 0x1000000000000000n, // 60
  /** An authorizer answers a challenge; a signature covers lengths and sequence number too. */
  cephxV2: 0x2000000000000000n, // 61
} as const

/** What Ceph 16.2.15 advertises, and what a messenger of ours advertises by default: proven with its daemons. */
export const FEATURES_ALL = 0x3f01cfbdfffdffffn

/** True if `features` holds every bit of `mask`. */
export function hasFeature(features: bigint, mask: bigint): boolean {
  return (features & mask) === mask
}
