import { describe, expect, test } from 'vitest'
import { afterLossy, decideAccept, Policies, type AskedSessionV1, type SessionSummary } from '../src/index.ts'

const PEER = Policies.losslessPeer()
const REUSE = Policies.losslessPeerReuse()
const STATEFUL = Policies.statefulServer()
const STATELESS = Policies.statelessServer()
const REGISTERED = Policies.statelessRegisteredServer()

function asked(fields: Partial<AskedSessionV1> = {}): AskedSessionV1 {
  return { wire: 'v1', connectSeq: 0, globalSeq: 10, fromLowerAddr: false, policy: PEER, ...fields }
}

function held(fields: Partial<SessionSummary> = {}): SessionSummary {
  const policy = fields.policy ?? PEER
  const cookies = { clientCookie: 0n, serverCookie: 0n, triedCookie: 0n }
  const lossy = policy.lossy
  return { state: 'open', connectSeq: 1, peerGlobalSeq: 5, policy, lossy, isBackingOff: false, ...cookies, ...fields }
}

const RESUME = { kind: 'replace', discardOld: false }
const DISCARD = { kind: 'replace', discardOld: true }

describe('a stateless server', () => {
  test.each([
    ['a new peer', asked({ policy: STATELESS }), undefined],
    ['a peer that would resume', asked({ policy: STATELESS, connectSeq: 7 }), undefined],
    ['a peer with a session', asked({ policy: STATELESS }), held({ policy: STATELESS })],
    ['a late attempt', asked({ policy: STATELESS, globalSeq: 1 }), held({ policy: STATELESS })],
  ])('opens for %s without a look at what it holds', (_, request, session) => {
    expect(decideAccept(request, session)).toEqual({ kind: 'open' })
  })

  test('that registers its clients does look', () => {
    expect(decideAccept(asked({ policy: REGISTERED }), held({ policy: REGISTERED }))).toEqual(DISCARD)
  })
})

describe('without a session', () => {
  test.each([
    ['none is held', undefined],
    ['the one held is closed', held({ state: 'closed', connectSeq: 9, peerGlobalSeq: 99 })],
  ])('a new one opens if %s', (_, session) => {
    expect(decideAccept(asked(), session)).toEqual({ kind: 'open' })
  })

  test.each([
    ['none is held', undefined],
    ['the one held is closed', held({ state: 'closed' })],
  ])('one to be resumed is reset if %s', (_, session) => {
    expect(decideAccept(asked({ connectSeq: 1 }), session)).toEqual({ kind: 'resetSession' })
  })
})

describe('a late attempt', () => {
  test('is told to number itself anew', () => {
    expect(decideAccept(asked({ globalSeq: 4 }), held())).toEqual({ kind: 'retryGlobal', seq: 5 })
  })

  test('is noticed before anything else is looked at', () => {
    const lossy = held({ policy: REGISTERED, connectSeq: 3 })
    expect(decideAccept(asked({ globalSeq: 4, connectSeq: 9 }), lossy)).toEqual({ kind: 'retryGlobal', seq: 5 })
  })

  test('with the number of the last one accepted is not late', () => {
    expect(decideAccept(asked({ globalSeq: 5, connectSeq: 2 }), held())).toEqual(RESUME)
  })
})

describe('a lossy session gives way', () => {
  test.each([0, 1, 2])('to a request with connect seq %i', (connectSeq) => {
    expect(decideAccept(asked({ connectSeq }), held({ policy: REGISTERED }))).toEqual(DISCARD)
  })

  test('also if only the ends agreed that it is', () => {
    expect(decideAccept(asked({ connectSeq: 2 }), held({ policy: PEER, lossy: true }))).toEqual(DISCARD)
  })
})

describe('a peer that has restarted (connect seq 0, ours greater)', () => {
  test.each(['open', 'standby', 'connecting'] as const)('takes up a session that is %s', (state) => {
    expect(decideAccept(asked(), held({ state }))).toEqual(RESUME)
  })

  test.each([REUSE, STATEFUL])('is noticed if the policy has resetCheck', (policy) => {
    expect(decideAccept(asked({ policy }), held({ policy }))).toEqual(DISCARD)
  })
})

describe('a request behind ours', () => {
  test.each([PEER, REUSE])('is told the next number', (policy) => {
    const session = held({ policy, connectSeq: 5, state: 'connecting' })
    expect(decideAccept(asked({ policy, connectSeq: 4 }), session)).toEqual({ kind: 'retrySession', seq: 6 })
  })
})

describe('a request equal to ours', () => {
  test.each(['open', 'standby'] as const)('is told the next number by a session that is %s', (state) => {
    const session = held({ state, connectSeq: 3 })
    expect(decideAccept(asked({ connectSeq: 3 }), session)).toEqual({ kind: 'retrySession', seq: 4 })
  })

  test.each(['open', 'standby'] as const)('of 0 is resumed by a session that is %s and checks for resets', (state) => {
    const session = held({ state, connectSeq: 0, policy: REUSE })
    expect(decideAccept(asked({ policy: REUSE }), session)).toEqual(RESUME)
  })

  test('of 0 is told to ask with 1 if resets are not checked for', () => {
    expect(decideAccept(asked(), held({ connectSeq: 0 }))).toEqual({ kind: 'retrySession', seq: 1 })
  })

  const racing = held({ state: 'connecting', connectSeq: 2 })

  test('wins a race if it comes from the lower address', () => {
    expect(decideAccept(asked({ connectSeq: 2, fromLowerAddr: true }), racing)).toEqual(RESUME)
  })

  test('waits if it loses a race', () => {
    expect(decideAccept(asked({ connectSeq: 2 }), racing)).toEqual({ kind: 'wait' })
  })

  test('wins over a server, which does not dial', () => {
    expect(decideAccept(asked({ connectSeq: 2 }), held({ ...racing, policy: STATEFUL }))).toEqual(RESUME)
  })

  test('does not wait for an attempt that is not being made', () => {
    expect(decideAccept(asked({ connectSeq: 2 }), held({ ...racing, isBackingOff: true }))).toEqual(RESUME)
  })
})

describe('a request ahead of ours', () => {
  test.each(['open', 'standby', 'connecting'] as const)('is resumed by a session that is %s', (state) => {
    for (const policy of [PEER, REUSE, STATEFUL]) {
      expect(decideAccept(asked({ policy, connectSeq: 2 }), held({ policy, state }))).toEqual(RESUME)
    }
  })

  test('is reset if ours is new and resets are checked for', () => {
    const session = held({ state: 'connecting', connectSeq: 0, policy: REUSE })
    expect(decideAccept(asked({ policy: REUSE, connectSeq: 2 }), session)).toEqual({ kind: 'resetSession' })
  })

  test('is resumed if ours is new and resets are not checked for', () => {
    expect(decideAccept(asked({ connectSeq: 2 }), held({ state: 'connecting', connectSeq: 0 }))).toEqual(RESUME)
  })
})

test('a request that follows a lossy session which gave way opens one, whatever it asked for', () => {
  for (const connectSeq of [0, 1, 7]) expect(afterLossy(asked({ connectSeq }))).toEqual({ kind: 'open' })
})
