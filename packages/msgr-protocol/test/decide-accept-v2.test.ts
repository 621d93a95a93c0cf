import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterLossy, decideAccept, Policies, type AskedSessionV2, type SessionSummary } from '../src/index.ts'

const PEER = Policies.losslessPeer()
const REUSE = Policies.losslessPeerReuse()
const STATEFUL = Policies.statefulServer()
const STATELESS = Policies.statelessServer()
const REGISTERED = Policies.statelessRegisteredServer()

/** The name that the dialling end gave the session, and the one that the accepting end did. */
const CLIENT = 0xc1n
const SERVER = 0x5en
const OTHER = 0xffn

/** A request to go on with a session. */
function reconnect(fields: Partial<AskedSessionV2> = {}): AskedSessionV2 {
  return ident({ isReconnect: true, connectSeq: 2, ...fields })
}

/** A request for a new one. */
function ident(fields: Partial<AskedSessionV2> = {}): AskedSessionV2 {
  return {
    wire: 'v2',
    isReconnect: false,
    clientCookie: CLIENT,
    connectSeq: 0,
    globalSeq: 10,
    fromLowerAddr: false,
    policy: PEER,
    ...fields,
  }
}

function held(fields: Partial<SessionSummary> = {}): SessionSummary {
  const policy = fields.policy ?? PEER
  return {
    state: 'open',
    connectSeq: 1,
    peerGlobalSeq: 5,
    policy,
    lossy: policy.lossy,
    isBackingOff: false,
    clientCookie: CLIENT,
    serverCookie: SERVER,
    triedCookie: 0n,
    ...fields,
  }
}

/** Our own first attempt, which nobody has answered. */
function dialling(fields: Partial<SessionSummary> = {}): SessionSummary {
  const cookies = { clientCookie: OTHER, serverCookie: 0n, triedCookie: fields.clientCookie ?? OTHER }
  return held({ state: 'connecting', connectSeq: 0, ...cookies, ...fields })
}

const RESUME = { kind: 'replace', discardOld: false }
const DISCARD = { kind: 'replace', discardOld: true }
const RESET = { kind: 'resetSession' }
const RESET_PARTLY = { kind: 'resetSession', partly: true }

const SESSION_STATES = ['open', 'standby', 'connecting'] as const

describe('a peer that would go on with a session', () => {
  test.each([
    ['none is held', undefined],
    ['the one held is closed', held({ state: 'closed', peerGlobalSeq: 99 })],
  ])('is told to forget all of it if %s', (_, session) => {
    for (const policy of [PEER, REUSE, STATELESS, REGISTERED]) {
      expect(decideAccept(reconnect({ policy }), session)).toEqual(RESET)
    }
  })

  test.each(SESSION_STATES)('is told to forget our part if ours, which is %s, goes by another name', (state) => {
    expect(decideAccept(reconnect(), held({ state, clientCookie: OTHER }))).toEqual(RESET_PARTLY)
  })

  test.each([REUSE, STATEFUL])('is told to forget all of it if it goes by another name and we check', (policy) => {
    expect(decideAccept(reconnect({ policy }), held({ policy, clientCookie: OTHER }))).toEqual(RESET)
  })

  test('is told so before its numbers, or what was agreed on, are looked at', () => {
    const session = held({ clientCookie: OTHER, peerGlobalSeq: 99, connectSeq: 9, lossy: true })
    expect(decideAccept(reconnect(), session)).toEqual(RESET_PARTLY)
  })

  test.each([false, true])('has answered our own attempt, and left it (isBackingOff: %s)', (isBackingOff) => {
    const session = dialling({ clientCookie: CLIENT, isBackingOff })
    expect(decideAccept(reconnect(), session)).toEqual({ ...RESET_PARTLY, hasAgreed: true })
  })

  test.each(SESSION_STATES)('has answered our own attempt, and never heard that we agreed to its (%s)', (state) => {
    for (const policy of [PEER, REUSE]) {
      const session = held({ state, policy, clientCookie: OTHER, triedCookie: CLIENT })
      expect(decideAccept(reconnect({ policy }), session)).toEqual({ ...RESET_PARTLY, hasAgreed: true })
    }
  })

  test('may have answered our own attempt before it did what we have agreed to', () => {
    const session = held({ clientCookie: OTHER, triedCookie: CLIENT, peerGlobalSeq: 11 })
    expect(decideAccept(reconnect(), session)).toEqual(RESET_PARTLY)
  })

  test('is told to forget our part if we have none', () => {
    const session = dialling({ clientCookie: CLIENT, triedCookie: 0n })
    expect(decideAccept(reconnect(), session)).toEqual(RESET_PARTLY)
  })

  test('ends one that the ends agreed to be lossy', () => {
    expect(decideAccept(reconnect(), held({ lossy: true, peerGlobalSeq: 99 }))).toEqual(DISCARD)
  })

  test('late is told to number itself anew', () => {
    expect(decideAccept(reconnect({ globalSeq: 4 }), held({ connectSeq: 9 }))).toEqual({ kind: 'retryGlobal', seq: 5 })
  })

  test('with the global seq of the last one accepted is not late', () => {
    expect(decideAccept(reconnect({ globalSeq: 5 }), held())).toEqual(RESUME)
  })

  test.each(SESSION_STATES)('behind ours, which is %s, is told the next number', (state) => {
    const session = held({ state, connectSeq: 3 })
    expect(decideAccept(reconnect({ connectSeq: 2 }), session)).toEqual({ kind: 'retrySession', seq: 4 })
  })

  test.each(SESSION_STATES)('ahead of ours, which is %s, goes on', (state) => {
    for (const fromLowerAddr of [true, false]) {
      for (const policy of [PEER, REUSE, STATEFUL]) {
        expect(decideAccept(reconnect({ policy, fromLowerAddr }), held({ policy, state }))).toEqual(RESUME)
      }
    }
  })

  test.each(['open', 'standby'] as const)('level with ours, which is %s, goes on', (state) => {
    expect(decideAccept(reconnect({ connectSeq: 1 }), held({ state }))).toEqual(RESUME)
  })

  const racing = held({ state: 'connecting', connectSeq: 2 })

  test('level with our own attempt waits for it', () => {
    expect(decideAccept(reconnect(), racing)).toEqual({ kind: 'wait' })
  })

  test('level with our own attempt goes on if it comes from the lower address', () => {
    expect(decideAccept(reconnect({ fromLowerAddr: true }), racing)).toEqual(RESUME)
  })

  test('does not wait for an attempt that is not being made', () => {
    expect(decideAccept(reconnect(), { ...racing, isBackingOff: true })).toEqual(RESUME)
  })

  test('does not wait for a server, which does not dial', () => {
    expect(decideAccept(reconnect(), { ...racing, policy: STATEFUL })).toEqual(RESUME)
  })
})

describe('a peer that would have a new session', () => {
  test.each([
    ['none is held', undefined],
    ['one is held', held({ policy: STATELESS })],
    ['one is held that it is late for', held({ policy: STATELESS, peerGlobalSeq: 99 })],
  ])('has one with a stateless server without a look at what is held, if %s', (_, session) => {
    expect(decideAccept(ident({ policy: STATELESS }), session)).toEqual({ kind: 'open' })
  })

  test('has one if none is held, or the one held is closed', () => {
    for (const policy of [PEER, REUSE, STATEFUL, REGISTERED]) {
      expect(decideAccept(ident({ policy }), undefined)).toEqual({ kind: 'open' })
      const closed = held({ policy, state: 'closed', peerGlobalSeq: 99 })
      expect(decideAccept(ident({ policy }), closed)).toEqual({ kind: 'open' })
    }
  })

  test('late is told to number itself anew, before anything else is looked at', () => {
    const late = { kind: 'retryGlobal', seq: 5 }
    expect(decideAccept(ident({ globalSeq: 4 }), held())).toEqual(late)
    expect(decideAccept(ident({ globalSeq: 4 }), held({ lossy: true }))).toEqual(late)
    expect(decideAccept(ident({ globalSeq: 4, clientCookie: OTHER }), held())).toEqual(late)
  })

  test('with the global seq of the last one accepted is not late', () => {
    expect(decideAccept(ident({ globalSeq: 5 }), held())).toEqual(RESUME)
  })

  test.each([
    [
      'by the policy of a server that registers its clients',
      ident({ policy: REGISTERED }),
      held({ policy: REGISTERED }),
    ],
    ['by agreement', ident(), held({ lossy: true })],
    ['by agreement, and ours is being dialled', ident(), dialling({ lossy: true })],
  ])('ends the one held if that is lossy: %s', (_, request, session) => {
    expect(decideAccept(request, session)).toEqual(DISCARD)
  })

  describe('has restarted if the one held was open under another name, which', () => {
    test.each(SESSION_STATES)('is not minded by one that is %s', (state) => {
      expect(decideAccept(ident({ clientCookie: OTHER }), held({ state }))).toEqual(RESUME)
    })

    test.each([REUSE, STATEFUL])('is noticed if the policy has resetCheck', (policy) => {
      for (const state of SESSION_STATES) {
        expect(decideAccept(ident({ policy, clientCookie: OTHER }), held({ policy, state }))).toEqual(DISCARD)
      }
    })
  })

  test.each(SESSION_STATES)('under the name of the one held, which is %s, never heard that it was open', (state) => {
    for (const policy of [PEER, REUSE, STATEFUL])
      expect(decideAccept(ident({ policy }), held({ policy, state }))).toEqual(RESUME)
  })

  test.each(['open', 'standby'] as const)('takes up one that is %s and has not both names', (state) => {
    for (const cookies of [
      { clientCookie: 0n, serverCookie: SERVER },
      { clientCookie: OTHER, serverCookie: 0n },
    ]) {
      expect(decideAccept(ident({ policy: REUSE }), held({ state, policy: REUSE, ...cookies }))).toEqual(RESUME)
    }
  })

  test('waits for our own attempt', () => {
    for (const policy of [PEER, REUSE])
      expect(decideAccept(ident({ policy }), dialling({ policy }))).toEqual({ kind: 'wait' })
  })

  test('wins over our own attempt if it comes from the lower address', () => {
    expect(decideAccept(ident({ fromLowerAddr: true }), dialling())).toEqual(RESUME)
  })

  test('does not wait for an attempt that is not being made', () => {
    expect(decideAccept(ident(), dialling({ isBackingOff: true }))).toEqual(RESUME)
  })

  test('does not wait for a server, which does not dial', () => {
    expect(decideAccept(ident(), dialling({ policy: STATEFUL }))).toEqual(RESUME)
  })
})

describe('a request that follows a lossy session which gave way', () => {
  test('has a new one', () => {
    expect(afterLossy(ident())).toEqual({ kind: 'open' })
  })

  test('is told to forget the one it would go on with', () => {
    expect(afterLossy(reconnect())).toEqual(RESET)
  })
})

// Whoever has to wait must be waited for by nobody, and somebody must go first.
test('of two ends that dial each other at once exactly one waits, in each kind of race', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.constantFrom(PEER, REUSE),
      fc.nat(5),
      fc.boolean(),
      (isReconnect, policy, connectSeq, aIsLower) => {
        const decide = (fromLowerAddr: boolean): string => {
          const request = { policy, fromLowerAddr, connectSeq, isReconnect }
          const session = isReconnect ? held({ state: 'connecting', policy, connectSeq }) : dialling({ policy })
          return decideAccept(ident(request), session).kind
        }
        expect([decide(aIsLower), decide(!aIsLower)].toSorted()).toEqual(['replace', 'wait'])
      },
    ),
  )
})
