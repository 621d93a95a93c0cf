import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Feature, FEATURES_ALL, hasFeature } from '../src/index.ts'

// Ceph: src/include/ceph_features.h, its table of bits in force. By incarnation: a bit of the first counts alone, one
// of the second with SERVER_JEWEL (57), one of the third with SERVER_JEWEL and SERVER_MIMIC (28).
const table: readonly (readonly [
  incarnation: 1 | 2 | 3,
  bits: Readonly<Record<number, readonly (keyof typeof Feature)[]>>,
])[] = [
  [
    1,
    {
      0: ['uid'],
      1: ['noSrcAddr'],
      3: ['flock'],
      4: ['subscribe2'],
      5: ['monNames'],
      6: ['reconnectSeq'],
      7: ['dirLayoutHash'],
      8: ['objectLocator'],
      9: ['pgid64'],
      10: ['incSubOsdMap'],
      11: ['pgPool3'],
      12: ['osdReplyMux'],
      13: ['osdEnc'],
      15: ['monEnc'],
      18: ['crushTunables'],
      23: ['msgAuth'],
      25: ['crushTunables2'],
      26: ['createPoolId'],
      27: ['replyCreateInode'],
      29: ['mdsEnc'],
      30: ['osdHashPsPool'],
      31: ['monSinglePaxos'],
      35: ['osdCachePool'],
      36: ['crushV2'],
      37: ['exportPeer'],
      39: ['osdMapEnc'],
      40: ['mdsInlineData'],
      41: ['crushTunables3', 'osdPrimaryAffinity'],
      42: ['msgrKeepalive2'],
      43: ['osdPoolResend'],
      46: ['osdFadviseFlags'],
      47: ['mdsQuota'],
      48: ['crushV4'],
      56: ['newOsdOpEncoding'],
      57: ['monStatefulSub', 'serverJewel'],
      58: ['crushTunables5', 'newOsdOpReplyEncoding', 'fsFileLayoutV2'],
      59: ['fsBtime', 'fsChangeAttr', 'msgAddr2'],
      60: ['osdRecoveryDeletes'],
      61: ['cephxV2'],
    },
  ],
  [
    2,
    {
      14: ['serverKraken'],
      19: ['osdPgLogHardLimit'],
      21: ['serverLuminous', 'resendOnSplit', 'radosBackoff', 'osdMapPgUpmap', 'crushChooseArgs'],
      22: ['osdFixedCollectionList'],
      24: ['recoveryReservation2'],
      28: ['serverMimic'],
    },
  ],
  [
    3,
    {
      2: ['serverNautilus'],
      16: ['serverOctopus', 'osdRepopMlcod'],
      17: ['osPerfStatNs'],
      20: ['serverPacific'],
      32: ['stretchMode'],
      34: ['rangeBlocklist'],
    },
  ],
]
const incarnations = { 1: 0n, 2: 1n << 57n, 3: (1n << 57n) | (1n << 28n) }
const rows = table.flatMap(([incarnation, bits]) =>
  Object.entries(bits).flatMap(([bit, names]) => names.map((name) => [name, Number(bit), incarnation] as const)),
)

describe('Feature', () => {
  it.each(rows)('%s is bit %d of incarnation %d', (name, bit, incarnation) => {
    expect(Feature[name]).toBe((1n << BigInt(bit)) | incarnations[incarnation])
  })

  it('has no other names', () => {
    expect(Object.keys(Feature).sort()).toEqual(rows.map(([name]) => name as string).sort())
  })
})

describe('FEATURES_ALL', () => {
  it('is what Ceph 16.2.15 sends: every bit but the one that nobody advertises', () => {
    const all = rows
      .filter(([name]) => name !== 'osPerfStatNs')
      .reduce((mask, [, bit]) => mask | (1n << BigInt(bit)), 0n)
    expect(FEATURES_ALL).toBe(all)
    expect(FEATURES_ALL).toBe(0x3f01cfbdfffdffffn)
    expect(hasFeature(FEATURES_ALL, Feature.osPerfStatNs)).toBe(false)
  })

  it('has what daemons of Ceph 16.2 require of each other and of clients', () => {
    expect(hasFeature(FEATURES_ALL, 0x2e01020002046201n)).toBe(true)
    const ofClients =
      Feature.crushTunables | Feature.crushTunables2 | Feature.crushTunables3 | Feature.crushV4 | Feature.crushTunables5
    expect(ofClients).toBe(0x0401020002040000n)
  })
})

describe('hasFeature', () => {
  it('counts a bit with a new meaning only together with the release that gave it', () => {
    expect(hasFeature(0x200000n, Feature.serverLuminous)).toBe(false)
    expect(hasFeature(0x200000n | Feature.serverJewel, Feature.serverLuminous)).toBe(true)
    // What Ceph 10.2.3 sends has bit 2, for a feature of old.
    expect(hasFeature(0x07ffffffefdfbfffn, Feature.serverNautilus)).toBe(false)
    expect(hasFeature(0x07ffffffefdfbfffn, Feature.msgAuth)).toBe(true)
  })

  const bits = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
  it('is true if no bit of the mask is missing', () => {
    fc.assert(
      fc.property(bits, bits, (features, mask) => {
        expect(hasFeature(features, mask)).toBe((mask & ~features) === 0n)
        expect(hasFeature(features | mask, mask)).toBe(true)
      }),
    )
  })
})
