import { describe, expect, test } from 'vitest'
import { Policies } from '../src/index.ts'
import type { Conversation } from './network/conversation.ts'
import { PERFECT } from './network/link.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, pairOf, type Pair } from './network/pair.ts'

function delays(conversation: Conversation): number[] {
  return conversation.log.flatMap((event) => (event.kind === 'fault' ? [event.delayMs] : []))
}

function clientOf(): Pair {
  return pairOf({ policy: Policies.losslessClient() }, { policy: Policies.statefulServer() })
}

describe('waits between attempts', () => {
  test('double from the first to the longest, and go on for ever', () => {
    const { a, clock, network } = clientOf()
    network.planLink = () => 'refused'
    const client = a.connect(ADDR_B)
    clock.advance(60_000)
    expect(delays(client)).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000, 15_000])
  })

  test('begin anew after a session that something got through', () => {
    const { a, clock, network } = clientOf()
    network.planLink = () => 'refused'
    const client = a.connect(ADDR_B)
    client.send(Note.of(1))
    clock.advance(1_000)
    network.planLink = () => PERFECT
    clock.advance(1_000)
    expect(client.session.state).toBe('open')
    network.planLink = () => 'refused'
    client.link?.break(0)
    clock.advance(1_000)
    expect(delays(client)).toEqual([200, 400, 800, 0, 200, 400, 800])
  })

  test('grow if every session that opens breaks at once, as with a message that the peer cannot read', () => {
    const { a, b, clock } = clientOf()
    const client = a.connect(ADDR_B)
    const poison = Note.of(1)
    client.send(poison)
    // B does not know the type.
    Object.defineProperty(poison, 'type', { value: 999 })
    clock.advance(20_000)
    expect(delays(client)).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800])
    const last = b.held.get(ADDR_A.toString())?.lastError
    expect(last).toMatchObject({ error: { code: 'ERR_MSGR_UNKNOWN_TYPE', type: 999 } })
  })
})

describe('a handshake that stands still', () => {
  test.each([{ dialler: 0 }, { dialler: 145 }, { acceptor: 281 }, { acceptor: 300 }])(
    'at %o ends after ten seconds, on both sides',
    (stallAfter) => {
      const { a, b, clock, network } = clientOf()
      const plans = [{ ...PERFECT, stallAfter }]
      network.planLink = () => plans.shift() ?? PERFECT
      const client = a.connect(ADDR_B)
      clock.advance(9_900)
      expect([client.session.state, delays(client).length]).toEqual(['connecting', 0])
      clock.advance(200)
      expect(client.lastError).toMatchObject({ kind: 'fault', delayMs: 200, error: { code: 'ERR_MSGR_TIMEOUT' } })
      clock.advance(1_000)
      expect(client.session.state).toBe('open')
      expect(b.conversations.filter((each) => each.session.state === 'open')).toHaveLength(1)
    },
  )

  test('behind the agreement, without a word of what the dialler has got, ends as well', () => {
    const { a, b, clock, network } = clientOf()
    const plans = [{ ...PERFECT, stallAfter: { dialler: 178 } }]
    network.planLink = () => plans.shift() ?? PERFECT
    const client = a.connect(ADDR_B)
    clock.advance(5_000)
    const [server] = b.conversations
    expect([client.session.state, server?.session.state]).toEqual(['open', 'open'])
    clock.advance(6_000)
    expect(server?.lastError).toMatchObject({
      error: { code: 'ERR_MSGR_TIMEOUT', message: 'the handshake is not over after 10000 ms' },
    })
  })

  test('before the transport is open counts from when it began to open', () => {
    const { a, clock, network } = clientOf()
    network.planLink = () => ({ ...PERFECT, latencyMs: 1_000_000 })
    const client = a.connect(ADDR_B)
    clock.advance(10_000)
    expect(client.kinds).toEqual(['dial', 'closeTransport', 'fault'])
    expect(client.lastError).toMatchObject({ error: { code: 'ERR_MSGR_TIMEOUT' } })
  })
})

describe('silence', () => {
  test('of 900 seconds ends an open transport', () => {
    const { a, clock } = clientOf()
    const client = a.connect(ADDR_B)
    clock.advance(100)
    clock.advance(899_000)
    expect(delays(client)).toEqual([])
    clock.advance(1_000)
    const message = 'nothing has come from the peer for 900000 ms'
    expect(client.lastError).toMatchObject({ error: { code: 'ERR_MSGR_TIMEOUT', message } })
    expect(client.session.state).toBe('open')
  })

  test('ends with any byte of the peer', () => {
    const { a, b, clock } = clientOf()
    const client = a.connect(ADDR_B)
    clock.advance(800_000)
    b.held.get(ADDR_A.toString())!.keepalive(1)
    clock.advance(800_000)
    expect(delays(client)).toEqual([])
  })

  test("is not the peer's while we do not listen to it", () => {
    const { a, b, clock } = pairOf(
      { policy: Policies.losslessClient(), timing: { connectionIdleTimeoutMs: 1e9 } },
      { policy: Policies.statefulServer(), admits: () => false, holdBackMs: 2_000_000 },
    )
    a.connect(ADDR_B).send(Note.of(1))
    clock.advance(100)
    const server = b.held.get(ADDR_A.toString())!
    clock.advance(1_700_000)
    expect(delays(server)).toEqual([])
    clock.advance(400_000)
    expect(server.ids).toEqual([1])
  })
})
