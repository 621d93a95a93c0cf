import { Feature, FEATURES_ALL } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { Policies, type Policy } from '../src/index.ts'
import type { Conversation } from './network/conversation.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, pairOf, type Pair } from './network/pair.ts'
import { ADDR_A2, ADDR_B2 } from './network/raw-peer-v2.ts'

function connected(policy: Policy = Policies.losslessPeer()): Pair & { from: Conversation; to: Conversation } {
  const pair = pairOf({ policy }, { policy: Policies.losslessPeer() })
  const from = pair.a.connect(ADDR_B)
  pair.clock.advance(100)
  return { ...pair, from, to: pair.b.held.get(ADDR_A.toString())! }
}

describe('a keepalive', () => {
  test('is noticed by the peer, and its stamp comes back', () => {
    const { clock, from, to } = connected()
    from.keepalive(1_700_000_000)
    clock.advance(10)
    expect(to.session.keepalives.lastReceivedMs).toBe(101)
    expect(from.session.keepalives.lastAnsweredMs).toBe(1_700_000_000_500)
    expect([from.session.keepalives.lastReceivedMs, to.session.keepalives.lastAnsweredMs]).toEqual([
      undefined,
      undefined,
    ])
  })

  test('of the old kind is noticed and not answered', () => {
    const policy = Policies.losslessPeer()
    const old = { ...policy, featuresSupported: FEATURES_ALL & ~Feature.msgrKeepalive2 }
    const { clock, from, to } = connected(old)
    from.keepalive(5)
    clock.advance(10)
    expect([to.session.keepalives.lastReceivedMs, from.session.keepalives.lastAnsweredMs]).toEqual([101, undefined])
    expect(to.session.wantsOutput).toBe(false)
  })

  test('asked for before the session is open goes out when it is', () => {
    const pair = pairOf({ policy: Policies.losslessClient() }, { policy: Policies.statefulServer() })
    const client = pair.a.connect(ADDR_B)
    client.keepalive(5)
    pair.clock.advance(100)
    expect(client.session.keepalives.lastAnsweredMs).toBe(5_500)
  })

  test('asked for while the link is down makes a peer dial, though no message waits', () => {
    const { clock, from, to } = connected()
    from.link?.break(1_000)
    to.link?.break(1_000_000)
    from.keepalive(5)
    clock.advance(2_000)
    from.keepalive(6)
    clock.advance(2_000)
    expect([from.session.state, from.session.keepalives.lastAnsweredMs]).toEqual(['open', 6_500])
  })

  test('is owed no answer on another link than the one it came on', () => {
    const { clock, from, to } = connected()
    from.keepalive(5)
    // It arrives, and the link breaks before the answer is written.
    to.link!.user = {
      onBytes: (bytes) => {
        to.session.receive(bytes, clock.nowMs)
        while (to.session.nextEvent() !== undefined);
        expect(to.session.wantsOutput).toBe(true)
        to.onClosed(new Error('gone'))
      },
      onDrain: () => undefined,
      onClosed: () => undefined,
    }
    clock.advance(1)
    to.send(Note.of(1))
    clock.advance(100)
    expect(from.ids).toEqual([1])
    expect(from.session.keepalives.lastAnsweredMs).toBeUndefined()
  })

  test('is answered once, however many came, as they are many', () => {
    const { clock, from, to } = connected()
    for (let i = 0; i < 1_000; i++) from.session.keepalive({ seconds: i, nanoseconds: 0 })
    from.pump()
    clock.advance(10)
    expect(from.session.keepalives.lastAnsweredMs).toBe(999_000)
    expect(to.session.wantsOutput).toBe(false)
  })

  test('on a session that is closed does nothing', () => {
    const { from } = connected()
    from.markDown()
    from.keepalive(5)
    expect([from.session.wantsOutput, from.session.state]).toEqual([false, 'closed'])
  })

  test('of a session of version 2 is noticed by the peer, and its stamp comes back', () => {
    const policy = Policies.losslessPeer()
    // Version 2 has but the new kind, whatever the ends support.
    const old = { ...policy, featuresSupported: FEATURES_ALL & ~Feature.msgrKeepalive2 }
    const { a, b, clock } = pairOf({ policy: old, addr: ADDR_A2 }, { policy, addr: ADDR_B2 })
    const from = a.connect(ADDR_B2)
    clock.advance(100)
    from.keepalive(1_700_000_000)
    clock.advance(10)
    expect(b.find(ADDR_A2)?.session.keepalives.lastReceivedMs).toBe(101)
    expect(from.session.keepalives.lastAnsweredMs).toBe(1_700_000_000_500)
  })
})
