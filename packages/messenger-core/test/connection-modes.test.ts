import { EntityAddr, EntityType } from '@msgr/message'
import { ConnectionMode } from '@msgr/msgr-protocol'
import { describe, expect, test } from 'vitest'
import { checkModes, modesFor } from '../src/connection-modes.ts'
import { resolveMessengerOptions } from '../src/messenger-options.ts'

const { crc, secure } = ConnectionMode
const { mon, mds, osd, client, mgr } = EntityType
const ELSEWHERE = EntityAddr.parse('v2:10.0.0.9:6800/1')

describe('the text of an option', () => {
  test.each(['auto', 'crc', 'secure', 'secure crc', 'crc,secure', ' secure ,  crc '])('may be "%s"', (text) => {
    expect(checkModes(text)).toBeUndefined()
  })

  test.each(['', ' ', ',', 'none', 'Secure', 'secure plain', 'auto crc', 'toString', 'crc;secure'])(
    'may not be "%s"',
    (text) => {
      expect(checkModes(text)).toBe('"auto", or "secure" and "crc" in the order wanted')
    },
  )
})

describe('without a word about it', () => {
  const { options } = { options: resolveMessengerOptions({}) }
  const modesTo = (addr: string | undefined): readonly number[] =>
    modesFor({ type: client, options }, osd, addr === undefined ? undefined : EntityAddr.parse(addr))

  test.each(['v2:10.0.0.9:6800/1', 'v2:[fe80::1]:6800/1', 'v2:128.0.0.1:1', 'v2:12.7.0.0:1', 'v2:[::2]:1'])(
    'frames to %s are encrypted, if both ends can',
    (addr) => {
      expect(modesTo(addr)).toEqual([secure, crc])
    },
  )

  test('frames to a peer whose address is not known are, too', () => {
    expect(modesTo(undefined)).toEqual([secure, crc])
  })

  test.each(['v2:127.0.0.1:6800/1', 'v2:127.255.255.254:1', 'v2:[::1]:6800/1', 'v2:[::ffff:127.0.0.1]:1'])(
    'frames to %s, on this host, are not, if both ends agree',
    (addr) => {
      expect(modesTo(addr)).toEqual([crc, secure])
    },
  )

  test('that holds between any two kinds of peers', () => {
    for (const type of [mon, mds, osd, client, mgr]) {
      for (const peerType of [mon, mds, osd, client, mgr]) {
        expect(modesFor({ type, options }, peerType, ELSEWHERE)).toEqual([secure, crc])
      }
    }
  })
})

describe('an option', () => {
  test.each([
    ['crc', [crc]],
    ['secure', [secure]],
    ['crc secure', [crc, secure]],
    ['secure,crc', [secure, crc]],
  ])('of "%s" is what is asked for, wherever the peer is', (text, modes) => {
    const options = resolveMessengerOptions({ clientMode: text })
    for (const addr of [ELSEWHERE, EntityAddr.parse('v2:127.0.0.1:1'), undefined]) {
      expect(modesFor({ type: client, options }, osd, addr)).toEqual(modes)
    }
  })

  // Each row: who we are, who the peer is, and the option that counts.
  test.each([
    [client, mon, 'monClientMode'],
    [client, mgr, 'monClientMode'],
    [client, osd, 'clientMode'],
    [client, mds, 'clientMode'],
    [client, client, 'clientMode'],
    [osd, mon, 'monClusterMode'],
    [mds, mgr, 'monClusterMode'],
    [mon, mon, 'monClusterMode'],
    [mgr, mon, 'monClusterMode'],
    [mon, mgr, 'monClusterMode'],
    [mon, client, 'monServiceMode'],
    [mon, osd, 'monServiceMode'],
    [mgr, client, 'monServiceMode'],
    [mgr, mds, 'monServiceMode'],
    [osd, osd, 'clusterMode'],
    [osd, mds, 'clusterMode'],
    [mds, osd, 'clusterMode'],
    [mds, mds, 'clusterMode'],
    [osd, client, 'serviceMode'],
    [mds, client, 'serviceMode'],
    [osd, -1, 'serviceMode'],
  ] as const)('for a peer of type: we are %i, it is %i, and %s counts, alone', (type, peerType, key) => {
    const others = {
      clusterMode: 'crc',
      serviceMode: 'crc',
      clientMode: 'crc',
      monClusterMode: 'crc',
      monServiceMode: 'crc',
      monClientMode: 'crc',
    }
    const options = resolveMessengerOptions({ ...others, [key]: 'secure' })
    expect(modesFor({ type, options }, peerType, ELSEWHERE)).toEqual([secure])
  })
})
