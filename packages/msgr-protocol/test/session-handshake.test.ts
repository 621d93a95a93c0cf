import { EntityAddr, Feature } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { Policies, type AuthorizerVerdict } from '../src/index.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, pairOf } from './network/pair.ts'

const PEER = Policies.losslessPeer()

describe('authorizers', () => {
  test('are shown and judged; a challenge is answered on the same link', () => {
    const shown: number[][] = []
    const challenges: (number[] | undefined)[] = []
    const { a, b, clock, network } = pairOf(
      {
        policy: PEER,
        authorizer: (challenge) => {
          challenges.push(challenge === undefined ? undefined : [...challenge])
          return { protocol: 2, bytes: Uint8Array.of(1, ...(challenge ?? [])) }
        },
      },
      {
        policy: PEER,
        judge: ({ bytes }): AuthorizerVerdict => {
          shown.push([...bytes])
          if (bytes.length === 1) return { kind: 'challenge', bytes: Uint8Array.of(7, 8) }
          return { kind: 'accepted', reply: Uint8Array.of(9) }
        },
      },
    )
    const conversation = a.connect(ADDR_B)
    conversation.send(Note.of(1))
    clock.advance(100)
    expect([challenges, shown]).toEqual([
      [undefined, [7, 8]],
      [[1], [1, 7, 8]],
    ])
    const answered = conversation.log.find((event) => event.kind === 'authorizerAnswered')
    expect(answered).toMatchObject({ answer: { reply: Uint8Array.of(9) } })
    expect([network.links.length, b.held.get(ADDR_A.toString())?.ids]).toEqual([1, [1]])
  })

  test('that are refused leave the queue as it is, and another is shown after a wait', () => {
    let isTrusted = false
    const { a, b, clock } = pairOf(
      { policy: PEER },
      { policy: PEER, judge: () => (isTrusted ? { kind: 'accepted', reply: new Uint8Array(0) } : { kind: 'refused' }) },
    )
    const conversation = a.connect(ADDR_B)
    conversation.send(Note.of(1))
    clock.advance(500)
    expect(conversation.lastError).toMatchObject({ next: 'reconnect', error: { code: 'ERR_MSGR_REFUSED' } })
    expect(b.conversations.map((each) => each.session.state)).toContain('closed')
    isTrusted = true
    clock.advance(1_000)
    expect(b.held.get(ADDR_A.toString())?.ids).toEqual([1])
  })

  test('can be judged later, and what the peer says meanwhile is kept', () => {
    const { a, b, clock } = pairOf({ policy: PEER }, { policy: PEER, judge: () => undefined })
    const conversation = a.connect(ADDR_B)
    clock.advance(100)
    const accepting = b.conversations[0]!
    expect([conversation.session.state, accepting.session.state]).toEqual(['connecting', 'accepting'])
    accepting.session.answerAuthorizer({ kind: 'accepted', reply: new Uint8Array(0) })
    accepting.pump()
    clock.advance(100)
    expect([conversation.session.state, accepting.session.state]).toEqual(['open', 'open'])
  })
})

describe('features', () => {
  test('that one end requires and the other lacks keep them apart until it has them', () => {
    const lacking = { ...PEER, featuresSupported: 0x3ffn }
    const requiring = Policies.losslessPeer(0x3ffn | Feature.osdEnc)
    const first = pairOf({ policy: lacking }, { policy: requiring })
    const dialled = first.a.connect(ADDR_B)
    dialled.send(Note.of(1))
    first.clock.advance(1_000)
    const message = 'the peer requires features 0x2000, which we lack'
    expect(dialled.lastError).toMatchObject({ error: { code: 'ERR_MSGR_REFUSED', message } })
    const second = pairOf({ policy: { ...PEER, featuresSupported: 0x63ffn } }, { policy: requiring })
    const again = second.a.connect(ADDR_B)
    second.clock.advance(100)
    expect([again.session.state, again.session.facts.features]).toEqual(['open', 0x63ffn])
  })

  test('decide on the footer for both directions', () => {
    const without = { ...PEER, featuresSupported: PEER.featuresSupported & ~Feature.msgAuth }
    const { a, b, clock } = pairOf({ policy: PEER }, { policy: without })
    const conversation = a.connect(ADDR_B)
    conversation.send(Note.of(1, { dataLength: 100 }))
    clock.advance(100)
    b.held.get(ADDR_A.toString())!.send(Note.of(2, { dataLength: 100 }))
    clock.advance(100)
    expect([conversation.ids, b.held.get(ADDR_A.toString())?.ids]).toEqual([[2], [1]])
    expect(conversation.session.facts.features & Feature.msgAuth).toBe(0n)
  })

  test('without RECONNECT_SEQ a lost link costs no message, and none comes twice', () => {
    const without = { ...PEER, featuresSupported: PEER.featuresSupported & ~Feature.reconnectSeq }
    const { a, b, clock } = pairOf({ policy: without }, { policy: PEER })
    const conversation = a.connect(ADDR_B)
    for (let id = 1; id <= 5; id++) conversation.send(Note.of(id))
    clock.advance(100)
    const held = b.held.get(ADDR_A.toString())!
    // The acks of these are lost on their way.
    conversation.link!.peer!.break(1_000_000)
    for (let id = 6; id <= 9; id++) conversation.send(Note.of(id))
    clock.advance(5)
    expect([held.ids.length, conversation.session.queue.sentCount]).toEqual([9, 4])
    conversation.link!.break(0)
    conversation.send(Note.of(10))
    clock.advance(1_000)
    expect(held.ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(conversation.session.queue.sentCount).toBe(0)
  })
})

describe('addresses', () => {
  test('a client that does not know its IP is known by where it comes from', () => {
    const unknown = EntityAddr.parse('v1:0.0.0.0:0/5')
    const { a, b, clock } = pairOf(
      { policy: Policies.losslessClient(), addr: unknown },
      { policy: Policies.statefulServer() },
    )
    const conversation = a.connect(ADDR_B)
    clock.advance(100)
    const identified = conversation.log.find((event) => event.kind === 'identified')
    expect(identified).toMatchObject({ seenAddr: { host: '10.9.9.9', port: 40_000, nonce: 0 } })
    expect([...b.held.keys()]).toEqual(['v1:10.9.9.9:0/5'])
  })
})
