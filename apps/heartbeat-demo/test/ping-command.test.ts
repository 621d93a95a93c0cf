import { Uuid } from '@msgr/bufferlist'
import { EntityName } from '@msgr/messenger'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { HeartbeatAddresses } from '../src/osd.ts'
import {
  describeOutcome,
  PingTally,
  resultLines,
  runPing,
  type PingOptions,
  type PingResult,
} from '../src/ping-command.ts'
import { SIMPLE } from './raw-peer.ts'
import { FSID, WatchedOsd } from './watched-osd.ts'

let watched: WatchedOsd
let addresses: HeartbeatAddresses
let lines: string[]

beforeEach(async () => {
  watched = new WatchedOsd({ id: 4 })
  addresses = await watched.start()
  lines = []
})
afterEach(() => watched.osd.stop())

function options(changes: Partial<PingOptions> = {}): PingOptions {
  return {
    target: { addr: addresses.front, anyNonce: false },
    from: EntityName.osd(10_123),
    fsid: FSID,
    minMessageSize: 2000,
    messenger: SIMPLE,
    timeoutMs: 20_000,
    count: 3,
    intervalMs: 1,
    json: false,
    ...changes,
  }
}

function ping(changes: Partial<PingOptions> = {}): Promise<number> {
  return runPing(options(changes), (line) => lines.push(line))
}

describe('an OSD that answers', () => {
  test('is shown with each round trip and a summary', async () => {
    expect(await ping()).toBe(0)
    const name = addresses.front.toString().replaceAll('.', '\\.')
    expect(lines[0]).toMatch(new RegExp(`^HEARTBEAT ${name} as osd\\.10123$`))
    expect(lines[1]).toMatch(new RegExp(`^2033 bytes from osd\\.4 \\(${name}\\): seq=1 epoch=0 time=\\d+\\.\\d+ ms$`))
    expect(lines.slice(4, 7)).toEqual([
      '',
      `--- ${addresses.front.toString()} heartbeat statistics ---`,
      '3 pings sent, 3 received, 0 lost',
    ])
    expect(lines[7]).toMatch(/^rtt min\/p50\/p99\/max = [\d.]+\/[\d.]+\/[\d.]+\/[\d.]+ ms$/)
    expect(lines).toHaveLength(8)
  })

  test('is one JSON object', async () => {
    expect(await ping({ json: true, count: 5 })).toBe(0)
    expect(lines).toHaveLength(1)
    const result = JSON.parse(lines[0]!) as PingResult
    expect(result).toMatchObject({ sent: 5, received: 5, lost: 0 })
    expect(Object.keys(result.rttMs!)).toEqual(['min', 'p50', 'p99', 'max'])
  })

  test('is found without its nonce and its fsid', async () => {
    const target = { addr: addresses.back.with({ nonce: 0 }), anyNonce: true }
    expect(await ping({ target, fsid: Uuid.zero(), count: 1 })).toBe(0)
    expect(lines[0]).toBe(`HEARTBEAT v1:127.0.0.1:${addresses.back.port} as osd.10123`)
  })

  test('is pinged on although it says that we died', async () => {
    watched.osd.knowledge.assign({ mapEpoch: 7, upFrom: 2, deadBefore: new Map() })
    expect(await ping()).toBe(0)
    expect(lines[1]).toContain('epoch=7')
  })
})

describe('lost is a ping', () => {
  test('to another cluster, with a hint', async () => {
    expect(await ping({ fsid: Uuid.random(), timeoutMs: 200, count: 2 })).toBe(1)
    expect(lines.slice(1, 3)).toEqual(['lost: seq=1 no answer', 'lost: seq=2 no answer'])
    expect(lines).toContain('2 pings sent, 0 received, 2 lost')
    expect(lines.at(-1)).toContain('is the --fsid right?')
  })

  test('to another incarnation, which is told', async () => {
    const target = { addr: addresses.front.with({ nonce: 1 }), anyNonce: false }
    expect(await ping({ target, timeoutMs: 200, count: 1 })).toBe(1)
    expect(lines[1]).toContain(`expected ${target.addr.toString()}, got ${addresses.front.toString()}`)
  })

  test('to a place where nobody listens any more, without a hint', async () => {
    await watched.osd.stop()
    expect(await ping({ timeoutMs: 200, count: 1, json: true })).toBe(1)
    expect(JSON.parse(lines[0]!)).toEqual({ sent: 1, received: 0, lost: 1, rttMs: null })
    expect(await ping({ timeoutMs: 200, count: 1 })).toBe(1)
    expect(lines[2]).toContain('ECONNREFUSED')
    expect(lines.at(-1)).toBe('1 pings sent, 0 received, 1 lost')
  })
})

test('a hint how to reach an OSD of Ceph comes if no fsid was given', () => {
  const tally = new PingTally()
  tally.add({ kind: 'lost', reason: 'no answer', wasConnected: true })
  expect(resultLines(tally, options({ fsid: Uuid.zero() })).at(-1)).toContain('try --fsid')
  tally.add({ kind: 'answered', rttMs: 1, osd: 4, mapEpoch: 1, fsid: FSID, bytes: 62 })
  expect(resultLines(tally, options({ fsid: Uuid.zero() })).at(-1)).toContain('rtt min')
})

test('an answer is a line', () => {
  const outcome = { kind: 'answered', rttMs: 0.4213, osd: 3, mapEpoch: 12, fsid: FSID, bytes: 2033 } as const
  const line = '2033 bytes from osd.3 (v1:10.0.0.1:6805): seq=9 epoch=12 time=0.42 ms'
  expect(describeOutcome(9, outcome, 'v1:10.0.0.1:6805')).toBe(line)
})
