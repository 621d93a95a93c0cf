import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatHeartbeatAddress, parseHeartbeatAddress, parsePeers, readPeers } from '../src/peer-list.ts'

describe('an address', () => {
  test.each([
    ['v1:127.0.0.1:6805/4021', 'v1:127.0.0.1:6805/4021', false],
    ['127.0.0.1:6805/0', 'v1:127.0.0.1:6805/0', false],
    ['[::1]:6805', 'v1:[::1]:6805', true],
    ['any:10.0.0.1:6805', 'v1:10.0.0.1:6805', true],
  ])('%s is read', (text, shown, anyNonce) => {
    const address = parseHeartbeatAddress(text)
    expect([formatHeartbeatAddress(address), address.anyNonce]).toEqual([shown, anyNonce])
  })

  test.each([
    ['v2:127.0.0.1:6805', 'expected a nonce (v2:IP:PORT/NONCE), which version 2 needs'],
    ['127.0.0.1', 'expected an address with a port'],
    ['0.0.0.0:6805', 'expected an address with a port'],
    ['localhost:6805', 'expected a file, or an address such as'],
    ['127.0.0.1:6805x', 'expected a file, or an address such as'],
    ['-', 'expected an address, got'],
  ])('%s is refused', (text, words) => {
    expect(() => parseHeartbeatAddress(text)).toThrow(words)
    expect(() => parseHeartbeatAddress(text)).toThrow(expect.objectContaining({ code: 'ERR_HEARTBEAT_PEERS' }))
  })
})

describe('a list of peers', () => {
  test('is read with commas, spaces, lines and comments', () => {
    const peers = parsePeers(
      '10.0.0.1:6800+10.1.0.1:6801, osd.7=[::1]:6805 # the slow one\nosd.8=10.0.0.3:1/4+10.0.0.3:2/5\n',
    )
    const shown = peers.map(({ id, front, back }) => {
      return [id, front && formatHeartbeatAddress(front), formatHeartbeatAddress(back)]
    })
    expect(shown).toEqual([
      [undefined, 'v1:10.0.0.1:6800', 'v1:10.1.0.1:6801'],
      [7, undefined, 'v1:[::1]:6805'],
      [8, 'v1:10.0.0.3:1/4', 'v1:10.0.0.3:2/5'],
    ])
  })

  test('may be empty', () => {
    expect(parsePeers(' # nobody\n')).toEqual([])
  })

  test.each(['osd.x=10.0.0.1:6800', '10.0.0.1:1+10.0.0.1:2+10.0.0.1:3', '10.0.0.1:1+', '10.0.0.1:1,10.0.0.1:1'])(
    '%s is refused',
    (text) => {
      expect(() => parsePeers(text)).toThrow(expect.objectContaining({ code: 'ERR_HEARTBEAT_PEERS' }))
    },
  )

  test('is read from a file, if there is one of that name', () => {
    const dir = mkdtempSync(join(tmpdir(), 'heartbeat-peers-'))
    try {
      const path = join(dir, 'peers')
      writeFileSync(path, '10.0.0.1:6800\n10.0.0.2:6800\n')
      expect(readPeers(path)).toHaveLength(2)
      expect(readPeers('10.0.0.1:6800')).toHaveLength(1)
      expect(() => readPeers(join(dir, 'other'))).toThrow('expected a file, or an address')
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})
