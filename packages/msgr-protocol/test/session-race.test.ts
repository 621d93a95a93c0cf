import type { EntityAddr } from '@msgr/message'
import { describe, expect, test } from 'vitest'

import { FrameTag, Policies } from '../src/index.ts'
import { sessionReconnectPayload } from '../src/wire-v2/session-payloads.ts'
import { type LinkPlan, PERFECT } from './network/link.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, LONG_ENOUGH_MS, pairOf, type Pair } from './network/pair.ts'
import { drain, eventOf } from './network/raw-peer.ts'
import { ADDR_A2, ADDR_B2, RawPeerV2 } from './network/raw-peer-v2.ts'
import { agreed, reopened } from './wire-v2/handshake-ends.ts'

// Both ends dial at once. A has the lower address, so what A dials is what both keep.

const POLICIES = ['losslessPeer', 'losslessPeerReuse'] as const
/** Bytes of the dialler and of the acceptor at which its link stands still, in a handshake. */
const POINTS: { dialler?: number; acceptor?: number }[] = [
  { dialler: 0 },
  { dialler: 9 },
  { dialler: 145 },
  { dialler: 150 },
  { acceptor: 0 },
  { acceptor: 281 },
  { acceptor: 300 },
  { dialler: 180 },
]

function racing(
  policy: (typeof POLICIES)[number],
  planOf: (from: 'a' | 'b') => LinkPlan | undefined,
  addrs: { a: EntityAddr; b: EntityAddr } = { a: ADDR_A, b: ADDR_B },
): Pair {
  const pair = pairOf({ policy: Policies[policy](), addr: addrs.a }, { policy: Policies[policy](), addr: addrs.b })
  const isFirst = { a: true, b: true }
  pair.network.planLink = (from) => {
    const who = from.equals(addrs.a) ? 'a' : 'b'
    const plan = isFirst[who] ? planOf(who) : undefined
    isFirst[who] = false
    return plan ?? PERFECT
  }
  return pair
}

/** Each message has arrived once, on the one session that each end holds. */
function expectSettled({ a, b }: Pair, atA: number[], atB: number[]): void {
  const [heldByA, heldByB] = [a.find(b.addr)!, b.find(a.addr)!]
  expect([heldByA.session.state, heldByB.session.state]).toEqual(['open', 'open'])
  expect([heldByA.ids, heldByB.ids]).toEqual([atA, atB])
  expect([heldByA.kinds, heldByB.kinds].flat()).not.toContain('remoteReset')
  expect(heldByA.droppedCount + heldByB.droppedCount).toBe(0)
  const others = [...a.conversations, ...b.conversations].filter((each) => each !== heldByA && each !== heldByB)
  expect(others.every((each) => each.session.state === 'closed' && each.received.length === 0)).toBe(true)
}

describe.each(POLICIES)('two ends of policy %s that dial each other', (policy) => {
  test('at the same time keep what the lower address has dialled', () => {
    const pair = racing(policy, () => undefined)
    pair.a.connect(ADDR_B).send(Note.of(1))
    pair.b.connect(ADDR_A).send(Note.of(2))
    pair.clock.advance(LONG_ENOUGH_MS)
    expectSettled(pair, [2], [1])
    expect(pair.a.held.get(ADDR_B.toString())?.kinds).toContain('connected')
    expect(pair.b.held.get(ADDR_A.toString())?.kinds).toContain('accepted')
    expect(pair.a.conversations.flatMap((each) => each.decisions)).not.toContain('replace')
  })

  test('keep one link, however far each has come when the other begins', () => {
    for (let headStartMs = -12; headStartMs <= 12; headStartMs++) {
      const pair = racing(policy, () => undefined)
      const first = headStartMs < 0 ? pair.a : pair.b
      const second = headStartMs < 0 ? pair.b : pair.a
      first.connect(second.addr).send(Note.of(1))
      pair.clock.advance(Math.abs(headStartMs))
      second.connect(first.addr).send(Note.of(2))
      pair.clock.advance(LONG_ENOUGH_MS)
      expectSettled(pair, headStartMs < 0 ? [2] : [1], headStartMs < 0 ? [1] : [2])
    }
  })

  test.each(POINTS)('go on if the link of the lower stands still at %o', (stallAfter) => {
    const pair = racing(policy, (from) => (from === 'a' ? { ...PERFECT, stallAfter } : undefined))
    pair.a.connect(ADDR_B).send(Note.of(1))
    pair.clock.advance(20)
    pair.b.connect(ADDR_A).send(Note.of(2))
    pair.clock.advance(20)
    for (const link of pair.network.links) {
      link.dialler.goOn()
      link.acceptor.goOn()
    }
    pair.clock.advance(LONG_ENOUGH_MS)
    expectSettled(pair, [2], [1])
  })

  test.each(POINTS)('go on if the link of the higher stands still at %o, and what it says comes late', (stallAfter) => {
    const pair = racing(policy, (from) => (from === 'b' ? { ...PERFECT, stallAfter } : undefined))
    pair.b.connect(ADDR_A).send(Note.of(2))
    pair.clock.advance(20)
    pair.a.connect(ADDR_B).send(Note.of(1))
    pair.clock.advance(20)
    expect(pair.a.held.get(ADDR_B.toString())?.session.state).toBe('open')
    for (const link of pair.network.links) {
      link.dialler.goOn()
      link.acceptor.goOn()
    }
    pair.clock.advance(LONG_ENOUGH_MS)
    expectSettled(pair, [2], [1])
  })

  test('go on if both links break just after they are open', () => {
    for (let at = 186; at < 320; at += 9) {
      const plan = { ...PERFECT, breakAfter: { dialler: at, acceptor: Infinity } }
      const pair = racing(policy, () => plan)
      pair.a.connect(ADDR_B).send(Note.of(1))
      pair.b.connect(ADDR_A).send(Note.of(2))
      pair.clock.advance(LONG_ENOUGH_MS)
      expectSettled(pair, [2], [1])
    }
  })
})

test.each(POLICIES)('of version 2, policy %s, that agree to one attempt each, and neither hears it', (policy) => {
  let crossedCount = 0
  for (let at = 220; at < 340; at += 3) {
    const plans = {
      // B has asked when A's attempt comes, but A reads that only when it has lost its own attempt.
      b: { ...PERFECT, stallAfter: { dialler: 220 } },
      a: { ...PERFECT, breakAfter: { dialler: Infinity, acceptor: at }, noticeMs: { dialler: 0, acceptor: 50 } },
    }
    const pair = racing(policy, (from) => plans[from], { a: ADDR_A2, b: ADDR_B2 })
    pair.b.connect(ADDR_A2).send(Note.of(2))
    pair.clock.advance(20)
    pair.a.connect(ADDR_B2).send(Note.of(1))
    pair.clock.advance(20)
    for (const link of pair.network.links) link.dialler.goOn()
    pair.clock.advance(LONG_ENOUGH_MS)
    expectSettled(pair, [2], [1])
    const decisions = [pair.a, pair.b].map((host) => host.conversations.flatMap((each) => each.decisions))
    if (decisions.every((each) => each.includes('replace'))) crossedCount++
  }
  expect(crossedCount).toBeGreaterThan(0)
})

describe('an end that was told to wait', () => {
  test('tries again much later if nobody comes', () => {
    // A's own attempt never gets anywhere, and what B dials comes while it is under way.
    const pair = racing('losslessPeer', (from) =>
      from === 'a' ? { ...PERFECT, stallAfter: { dialler: 0 } } : undefined,
    )
    pair.a.connect(ADDR_B).send(Note.of(1))
    pair.clock.advance(5)
    const waiting = pair.b.connect(ADDR_A)
    waiting.send(Note.of(2))
    pair.clock.advance(20)
    expect(pair.a.conversations.flatMap((each) => each.decisions)).toEqual(['wait'])
    expect([waiting.session.state, waiting.session.facts.isBackingOff]).toEqual(['connecting', true])
    expect(waiting.session.deadline).toBeCloseTo(15_000, -3)
    expect(waiting.kinds).not.toContain('fault')
  })

  test('is taken up as soon as the other has given up its attempt', () => {
    const pair = racing('losslessPeer', () => undefined)
    let isRefused = true
    const { planLink } = pair.network
    pair.network.planLink = (from, to) => (isRefused && from.equals(ADDR_A) ? 'refused' : planLink(from, to))
    pair.a.connect(ADDR_B).send(Note.of(1))
    pair.clock.advance(50)
    expect(pair.a.held.get(ADDR_B.toString())?.session.facts.isBackingOff).toBe(true)
    isRefused = false
    pair.b.connect(ADDR_A).send(Note.of(2))
    pair.clock.advance(20)
    expectSettled(pair, [2], [1])
  })
})

test('an end that was told to wait in vain goes on with another connect seq, for a peer that has agreed to the last', () => {
  const { session } = agreed()
  const { peer, asked } = reopened(session)
  peer.sayBytes(FrameTag.wait)
  const waitedMs = session.deadline ?? 0
  session.timeout(waitedMs)
  eventOf(drain(session), 'dial')
  session.transportOpened({ remoteAddr: ADDR_B2 }, waitedMs)
  const next = new RawPeerV2(session, waitedMs)
  next.letIn()
  const again = next.heardOnly(FrameTag.sessionReconnect, sessionReconnectPayload)
  expect([asked.connectSeq, again.connectSeq]).toEqual([1, 2])
})

describe('a link that is late', () => {
  test('does not take the place of the one that its end has made since', () => {
    const pair = pairOf(
      { policy: Policies.losslessPeer(), timing: { connectionReadyTimeoutMs: 1_000 } },
      { policy: Policies.losslessPeer() },
    )
    const plans = [{ ...PERFECT, stallAfter: { dialler: 145 } }]
    pair.network.planLink = () => plans.shift() ?? PERFECT
    const dialling = pair.a.connect(ADDR_B)
    dialling.send(Note.of(1))
    // A gives up, and gets through at its next attempt. B still listens to the first one.
    pair.clock.advance(2_000)
    expect(pair.b.held.get(ADDR_A.toString())?.ids).toEqual([1])
    pair.network.links[0]!.dialler.goOn()
    pair.clock.advance(100)
    expect(pair.b.conversations.flatMap((each) => each.decisions)).toEqual(['retryGlobal', 'open'])
    dialling.send(Note.of(2))
    pair.clock.advance(100)
    expectSettled(pair, [], [1, 2])
  })
})
