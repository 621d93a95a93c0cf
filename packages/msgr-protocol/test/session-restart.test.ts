import { EntityType } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { Policies, type PolicyName } from '../src/index.ts'
import { Host } from './network/host.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, LONG_ENOUGH_MS, pairOf, type Pair } from './network/pair.ts'

/** A connects to B, and a message goes each way. */
function acquainted(dialler: PolicyName, acceptor: PolicyName): Pair {
  const pair = pairOf({ policy: Policies[dialler]() }, { policy: Policies[acceptor]() })
  pair.a.connect(ADDR_B).send(Note.of(1))
  pair.clock.advance(100)
  pair.b.held.get(ADDR_A.toString())!.send(Note.of(2))
  pair.clock.advance(100)
  return pair
}

/** The process dies and another listens in its place. */
function restart(host: Host, nonce: number): Host {
  host.die()
  return new Host(host.network, { ...host.settings, addr: host.addr.with({ nonce }) })
}

describe('a server that starts anew under the same address and nonce', () => {
  test('has its client reset the session: what was queued is gone, and the client is told', () => {
    const pair = acquainted('losslessClient', 'statefulServer')
    const client = pair.a.held.get(ADDR_B.toString())!
    pair.b.die()
    client.send(Note.of(3))
    const b = restart(pair.b, ADDR_B.nonce)
    pair.clock.advance(LONG_ENOUGH_MS)
    expect(client.kinds.filter((kind) => kind === 'remoteReset')).toHaveLength(1)
    expect([client.session.state, client.session.facts.connectSeq]).toEqual(['open', 1])
    client.send(Note.of(4))
    b.held.get(ADDR_A.toString())!.send(Note.of(5))
    pair.clock.advance(100)
    expect([b.held.get(ADDR_A.toString())!.ids, client.ids]).toEqual([[4], [2, 5]])
  })

  test('gets messages numbered from a random start', () => {
    const pair = acquainted('losslessClient', 'statefulServer')
    const client = pair.a.held.get(ADDR_B.toString())!
    const b = restart(pair.b, ADDR_B.nonce)
    pair.clock.advance(LONG_ENOUGH_MS)
    client.send(Note.of(4))
    pair.clock.advance(100)
    expect(b.held.get(ADDR_A.toString())!.received[0]?.seq).toBeGreaterThan(0x1000)
    expect(client.session.queue.sentCount).toBe(0)
  })
})

describe('a server that starts anew under another nonce', () => {
  test('is not who its client wants', () => {
    const pair = acquainted('losslessClient', 'statefulServer')
    const client = pair.a.held.get(ADDR_B.toString())!
    restart(pair.b, 77)
    pair.clock.advance(1_000)
    expect(client.session.state).toBe('connecting')
    expect(client.lastError).toMatchObject({ kind: 'fault', error: { code: 'ERR_MSGR_WRONG_PEER' } })
  })
})

describe('a client that starts anew', () => {
  test('under the same address and nonce is noticed by a server that checks', () => {
    const pair = acquainted('losslessClient', 'statefulServer')
    const held = pair.b.held.get(ADDR_A.toString())!
    const a = restart(pair.a, ADDR_A.nonce)
    pair.clock.advance(100)
    held.send(Note.of(3))
    a.connect(ADDR_B).send(Note.of(10))
    pair.clock.advance(100)
    expect(held.kinds.filter((kind) => kind === 'remoteReset')).toHaveLength(1)
    // 3 was meant for the one that is gone.
    expect([held.ids, a.held.get(ADDR_B.toString())!.ids]).toEqual([[1, 10], []])
  })

  test('with lower global seqs than before is told to number its attempts higher, and gets through', () => {
    const pair = pairOf({ policy: Policies.losslessPeer() }, { policy: Policies.losslessPeer() })
    for (let i = 0; i < 20; i++) pair.a.sessionOptions.globalSeq.next()
    pair.a.connect(ADDR_B).send(Note.of(1))
    pair.clock.advance(100)
    const a = restart(pair.a, ADDR_A.nonce)
    a.connect(ADDR_B).send(Note.of(10))
    pair.clock.advance(100)
    const held = pair.b.held.get(ADDR_A.toString())!
    expect(pair.b.conversations.flatMap((each) => each.decisions)).toEqual(['open', 'retryGlobal', 'replace'])
    expect(held.ids).toEqual([1, 10])
  })

  test('is not noticed by a peer that does not check: what is queued for it is delivered, under its old number', () => {
    const pair = acquainted('losslessPeer', 'losslessPeer')
    const held = pair.b.held.get(ADDR_A.toString())!
    const a = restart(pair.a, ADDR_A.nonce)
    pair.clock.advance(100)
    held.send(Note.of(3))
    a.connect(ADDR_B).send(Note.of(10))
    pair.clock.advance(LONG_ENOUGH_MS)
    const again = a.held.get(ADDR_B.toString())!
    expect(held.kinds).not.toContain('remoteReset')
    expect([held.ids, again.ids, again.received[0]?.seq]).toEqual([[1, 10], [3], 2])
    expect([held.session.queue.sentCount, again.session.queue.sentCount]).toEqual([0, 0])
  })

  test('under another nonce is another peer', () => {
    const pair = acquainted('losslessClient', 'statefulServer')
    const a = restart(pair.a, 77)
    a.connect(ADDR_B).send(Note.of(10))
    pair.clock.advance(100)
    expect(pair.b.conversations.map((each) => each.ids)).toEqual([[1], [10]])
    expect(pair.b.held.size).toBe(2)
  })
})

describe('two hosts of other types', () => {
  test('name the protocol version of the one that serves', () => {
    const pair = pairOf(
      { policy: Policies.lossyClient(), type: EntityType.client, num: 4100 },
      { policy: Policies.statelessServer(), type: EntityType.mon, num: 0 },
    )
    const client = pair.a.connect(ADDR_B, EntityType.mon)
    client.send(Note.of(1))
    pair.clock.advance(100)
    const [server] = pair.b.conversations
    expect([client.session.state, server?.ids]).toEqual(['open', [1]])
    expect(server?.received[0]?.source?.toString()).toBe('client.4100')
    expect(server?.session.facts.peerType).toBe(EntityType.client)
  })

  test('do not get together if they name different ones, and go on trying', () => {
    const pair = pairOf(
      { policy: Policies.losslessClient(), clusterProtocol: 9 },
      { policy: Policies.statefulServer() },
    )
    const client = pair.a.connect(ADDR_B)
    pair.clock.advance(1_000)
    expect(client.lastError).toMatchObject({ kind: 'fault', next: 'reconnect', error: { code: 'ERR_MSGR_REFUSED' } })
    expect(client.session.state).toBe('connecting')
  })
})
