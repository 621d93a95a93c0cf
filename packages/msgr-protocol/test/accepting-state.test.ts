import { EntityAddr, EntityAddrVec, EntityType } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AcceptingState, ConnectionMode, Policies, Session, type TransportSecurity } from '../src/index.ts'
import {
  type Dialect,
  DIALECTS,
  asking,
  converse,
  End,
  type Ends,
  endsOf,
  noteOf,
  optionsOf,
  recordDialler,
  REPLY,
} from './network/handshake-run.ts'
import { sessionOptionsOf } from './network/host.ts'
import { COPIES, keyedBy, moveHandshake, restoreKeyed } from './network/moving.ts'
import { ADDR_A, ADDR_B } from './network/pair.ts'
import { drain, eventOf, outputOf } from './network/raw-peer.ts'
import { ADDR_A2, ADDR_B2 } from './network/raw-peer-v2.ts'

const NOTES_OF_DIALLER = [1, 2, 3]
const NOTES_OF_ACCEPTOR = [4, 5]

const V1 = DIALECTS[0]!
const SIGNED_V1 = DIALECTS[1]!
const V2 = DIALECTS[2]!
const SECURE = DIALECTS[4]!

/** Moves the handshake that waits at this end. */
function move(ends: Ends, settings: Parameters<typeof moveHandshake>[2] = {}): void {
  ends.acceptor.session = moveHandshake(ends.acceptor.session, ends.acceptorOptions, settings)
  ends.acceptor.drain()
}

function expectBothToHear(ends: Ends): void {
  const { dialler, acceptor } = ends
  for (const id of NOTES_OF_ACCEPTOR) acceptor.session.send(noteOf(id))
  converse(ends)
  expect([acceptor.ids, dialler.ids]).toEqual([NOTES_OF_DIALLER, NOTES_OF_ACCEPTOR])
  expect([acceptor.session.state, dialler.session.state]).toEqual(['open', 'open'])
  expect(dialler.session.queue.sentCount + acceptor.session.queue.sentCount).toBe(0)
}

/** When what happens at the accepting end while the whole stream of a dialling one comes. */
interface Course {
  /** Where the stream is cut. */
  readonly cuts: readonly number[]
  /** How many pieces come after the request before each move; there are as many moves. */
  readonly piecesBeforeMoves: readonly number[]
  /** Whether the output is taken after each piece, in turn. */
  readonly takes: readonly boolean[]
}

/** Follows a course with a dialler that says nothing but what was recorded. Returns what both ends have heard. */
function follow(dialect: Dialect, stream: Uint8Array, course: Course): { acceptor: End; dialler: End } {
  const ends = endsOf(dialect)
  const { dialler, acceptor } = ends
  const takes = course.takes.length === 0 ? [true] : course.takes
  const waits = [...course.piecesBeforeMoves]
  const bounds = [...course.cuts, stream.length].sort((a, b) => a - b)
  const slab = new Uint8Array(stream.length)
  let [from, waited, isAnswered] = [0, 0, false]
  const decide = (isLast: boolean): void => {
    if (isAnswered || acceptor.count('connectRequested') === 0) return
    for (; waits.length > 0 && (isLast || waited >= waits[0]!); waited = 0) {
      waits.shift()
      move(ends)
      // The session that was left holds nothing, so that what it was given may be overwritten.
      slab.fill(0xa5)
    }
    waited++
    if (waits.length > 0) return
    isAnswered = true
    acceptor.session.answerConnect({ kind: 'open' })
    for (const id of NOTES_OF_ACCEPTOR) acceptor.session.send(noteOf(id))
    acceptor.drain()
  }
  bounds.forEach((to, i) => {
    slab.set(stream.subarray(from, to), from)
    acceptor.hear(slab.subarray(from, to))
    from = to
    decide(to === stream.length)
    if (takes[i % takes.length] === true) dialler.hear(outputOf(acceptor.session))
  })
  dialler.hear(outputOf(acceptor.session))
  return { acceptor, dialler }
}

function expectAllHeard({ acceptor, dialler }: { acceptor: End; dialler: End }): void {
  expect([acceptor.ids, dialler.ids]).toEqual([NOTES_OF_DIALLER, NOTES_OF_ACCEPTOR])
}

describe.each(DIALECTS)('a handshake of $name', (dialect) => {
  test.each(Object.entries(COPIES))('goes on in another session, by %s', (_, copy) => {
    const ends = asking(dialect)
    const left = ends.acceptor.session
    for (const id of NOTES_OF_DIALLER) ends.dialler.session.send(noteOf(id))
    move(ends, { copy })
    ends.acceptor.session.answerConnect({ kind: 'open' })
    expectBothToHear(ends)
    expect(eventOf(ends.dialler.events, 'authorizerAnswered').answer.reply).toEqual(REPLY)
    expect([left.state, left.wantsInput, left.wantsOutput, left.deadline]).toEqual(['closed', false, false, undefined])
    expect(left.nextEvent()).toBeUndefined()
  })

  test('asks again for the same, and knows who asks', () => {
    const ends = asking(dialect)
    const first = eventOf(ends.acceptor.events, 'connectRequested')
    const { peerAddr } = ends.acceptor.session.facts
    ends.acceptor.events.length = 0
    move(ends)
    expect(ends.acceptor.events).toEqual([first])
    const { facts, state } = ends.acceptor.session
    expect([state, facts.peerType, facts.peerAddr, [...facts.peerAddrs]]).toEqual([
      'accepting',
      EntityType.osd,
      peerAddr,
      [peerAddr],
    ])
  })

  test('has the same facts as one that stayed, once it is open', () => {
    const factsAfter = (isMoved: boolean): unknown => {
      const ends = asking(dialect)
      if (isMoved) move(ends)
      ends.acceptor.session.answerConnect({ kind: 'open' })
      converse(ends)
      return { ...ends.acceptor.session.facts, queue: undefined }
    }
    expect(factsAfter(true)).toEqual(factsAfter(false))
  })

  test('moves as often as it likes, also after it was asked to try again', () => {
    const ends = asking(dialect)
    for (const id of NOTES_OF_DIALLER) ends.dialler.session.send(noteOf(id))
    move(ends)
    move(ends)
    ends.acceptor.session.answerConnect({ kind: 'retryGlobal', seq: 40 })
    converse(ends)
    expect(eventOf(ends.acceptor.events.slice(-1), 'connectRequested').asked.globalSeq).toBe(41)
    move(ends)
    ends.acceptor.session.answerConnect({ kind: 'open' })
    expectBothToHear(ends)
  })

  test('loses nothing that came early, wherever that is cut', () => {
    const { stream, requestEnd } = recordDialler(dialect, NOTES_OF_DIALLER)
    for (let cut = requestEnd; cut < Math.min(stream.length, requestEnd + 150); cut++) {
      expectAllHeard(follow(dialect, stream, { cuts: [cut], piecesBeforeMoves: [0], takes: [] }))
    }
  })

  test('loses nothing, however the stream is cut, whenever it moves and whenever its output is taken', () => {
    const { stream } = recordDialler(dialect, NOTES_OF_DIALLER)
    const course = fc.record({
      cuts: fc.array(fc.nat(stream.length), { maxLength: 12 }),
      piecesBeforeMoves: fc.array(fc.nat(3), { maxLength: 3 }),
      takes: fc.array(fc.boolean(), { maxLength: 5 }),
    })
    fc.assert(fc.property(course, (each) => expectAllHeard(follow(dialect, stream, each))))
  })

  test('takes its output along, and says that before anything else', () => {
    const { stream } = recordDialler(dialect, NOTES_OF_DIALLER)
    expectAllHeard(follow(dialect, stream, { cuts: [], piecesBeforeMoves: [0, 0], takes: [false] }))
  })

  test('is taken over by a session that is held, which sends again what its peer has not got', () => {
    const ends = asking(dialect)
    ends.acceptor.session.answerConnect({ kind: 'open' })
    converse(ends)
    const held = ends.acceptor
    // Both send what the other never hears: the transport is gone.
    ends.dialler.session.send(noteOf(1))
    held.session.send(noteOf(4))
    held.session.send(noteOf(5))
    outputOf(ends.dialler.session)
    outputOf(held.session)
    ends.dialler.session.transportClosed(new Error('cut'), 1_000)
    expect(ends.dialler.session.nextEvent()?.kind).toBe('fault')
    expect(ends.dialler.session.nextEvent()?.kind).toBe('dial')
    const remoteAddr = held.session.facts.peerAddr
    const accepting = Session.accept(ends.acceptorOptions, remoteAddr)
    accepting.transportOpened({ remoteAddr }, 1_000)
    ends.dialler.session.transportOpened({ remoteAddr: ends.dialler.session.facts.peerAddr }, 1_000)
    const next: Ends = { ...ends, acceptor: new End(accepting, dialect.security?.()) }
    converse(next)
    move(next)
    held.session.takeOver(next.acceptor.session, false)
    expect(next.acceptor.session.state).toBe('closed')
    for (const id of [2, 3]) ends.dialler.session.send(noteOf(id))
    converse(ends)
    expect([held.ids, ends.dialler.ids]).toEqual([NOTES_OF_DIALLER, NOTES_OF_ACCEPTOR])
    expect(held.count('remoteReset') + ends.dialler.count('remoteReset')).toBe(0)
    expect(held.session.queue.sentCount + ends.dialler.session.queue.sentCount).toBe(0)
  })

  test('is told of in memory of its own, of which nothing else is part', () => {
    const { stream } = recordDialler(dialect, NOTES_OF_DIALLER)
    const ends = endsOf(dialect)
    ends.acceptor.hear(stream)
    const state = ends.acceptor.session.exportAccepting(0)!
    expect(state.unread.length).toBeGreaterThan(0)
    expect(state.unsent.length).toBeGreaterThan(0)
    const arrays = [...arraysIn(state)]
    expect(arrays.length).toBeGreaterThan(3)
    for (const bytes of arrays) expect(bytes.buffer.byteLength).toBe(bytes.length)
  })
})

function* arraysIn(value: unknown): Iterable<Uint8Array> {
  if (value instanceof Uint8Array) yield value
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) yield* arraysIn(part)
}

describe('what was agreed on before the decision', () => {
  test('holds for the number that a client of version 2 was given', () => {
    const ends = asking(V2)
    move(ends)
    ends.acceptor.session.answerConnect({ kind: 'open' })
    expect(ends.acceptor.session.facts.globalId).toBe(77n)
  })

  test.each([V1, V2])('holds for the rounds of $name: the limit is for all of them', (dialect) => {
    const roundsUntilRefused = (isMoved: boolean): number => {
      const ends = asking(dialect)
      for (let rounds = 1; ; rounds++) {
        if (isMoved) move(ends)
        ends.acceptor.session.answerConnect({ kind: 'retryGlobal', seq: 1_000 * rounds })
        try {
          converse(ends)
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_MSGR_TOO_MANY_ROUNDS' })
          return rounds
        }
      }
    }
    expect(roundsUntilRefused(true)).toBe(roundsUntilRefused(false))
  })

  test('holds for the time that is left, on whatever clock', () => {
    const ends = asking(V1)
    // It began at 0.
    move(ends, { nowMs: 4_000, laterMs: 1_000_000 })
    const { session } = ends.acceptor
    expect(session.deadline).toBe(1_006_000)
    session.timeout(1_005_999)
    expect(session.nextEvent()).toBeUndefined()
    session.timeout(1_006_000)
    expect(drain(session)).toMatchObject([{ kind: 'closeTransport' }, { kind: 'closed' }])
  })

  test('holds for addresses of every kind', () => {
    const remote = new EntityAddr({
      type: 'v2',
      nonce: 9,
      family: 'ipv6',
      ip: Uint8Array.from({ length: 16 }, (_, i) => i),
      port: 7,
      flowInfo: 3,
      scopeId: 5,
    })
    const ends = asking(V2)
    const options = sessionOptionsOf({ addr: ADDR_B2, policy: Policies.losslessPeer() })
    const seen: (EntityAddr | undefined)[] = []
    const state = ends.acceptor.session.exportAccepting(0)!
    const { type, nonce, family, ip, port, flowInfo, scopeId } = remote
    const elsewhere = { ...state, remoteAddr: { type, nonce, family, ip, port, flowInfo, scopeId } }
    const termsFor: typeof options.termsFor = (peerType, role, remoteAddr) => {
      seen.push(remoteAddr)
      return options.termsFor(peerType, role)
    }
    const again = Session.importAccepting({ ...options, termsFor }, elsewhere, restoreKeyed, 0).exportAccepting(0)!
    expect(seen.at(-1)?.equals(remote)).toBe(true)
    expect(again).toEqual(elsewhere)
  })
})

describe('a handshake that nobody waits for a decision of', () => {
  const MESSAGE = /^a session in state (\w+) with (\d+) messages has no handshake to move$/

  function expectRefused(session: Session): void {
    const { state } = session
    expect(() => session.exportAccepting(0)).toThrow(MESSAGE)
    expect(session.state).toBe(state)
  }

  test.each(DIALECTS)('of $name cannot be moved, before and after', (dialect) => {
    const ends = endsOf(dialect)
    const { dialler, acceptor } = ends
    expectRefused(Session.accept(ends.acceptorOptions, ADDR_A2))
    expectRefused(dialler.session)
    expectRefused(acceptor.session)
    converse(ends)
    expectRefused(dialler.session)
    acceptor.session.answerConnect({ kind: 'open' })
    expectRefused(acceptor.session)
    converse(ends)
    expectRefused(acceptor.session)
    expectRefused(dialler.session)
    acceptor.session.close()
    expectRefused(acceptor.session)
  })

  test.each([V1, V2])('of $name cannot be moved while its authorizer is judged', (dialect) => {
    const { dialler, acceptor } = endsOf(dialect)
    while (eventKinds(acceptor.session).at(-1) !== 'authorizerReceived') {
      acceptor.session.receive(outputOf(dialler.session), 0)
      dialler.hear(outputOf(acceptor.session))
    }
    expectRefused(acceptor.session)
  })

  test('cannot be moved twice from the same place, nor if messages would be left behind', () => {
    const ends = asking(V2)
    ends.acceptor.session.send(noteOf(1))
    expectRefused(ends.acceptor.session)
    const other = asking(V2).acceptor.session
    other.exportAccepting(0)
    expectRefused(other)
  })
})

function eventKinds(session: Session): string[] {
  const kinds: string[] = []
  for (let event = session.nextEvent(); event !== undefined; event = session.nextEvent()) kinds.push(event.kind)
  return kinds
}

describe('security that is not portable', () => {
  const fixed = (key: number): TransportSecurity => ({ ...keyedBy(key), portable: undefined })

  test.each([SIGNED_V1, SECURE])('keeps a handshake of $name where it is, and does it no harm', (dialect) => {
    const ends = asking({ ...dialect, security: () => fixed(9) })
    for (const id of NOTES_OF_DIALLER) ends.dialler.session.send(noteOf(id))
    expect(ends.acceptor.session.exportAccepting(0)).toBeUndefined()
    expect(ends.acceptor.session.state).toBe('accepting')
    ends.acceptor.session.answerConnect({ kind: 'open' })
    expectBothToHear(ends)
  })

  test('does not matter where nothing is secured any more', () => {
    const v1: TransportSecurity = { portable: undefined }
    for (const dialect of [
      { ...V2, security: () => fixed(9) },
      { ...V1, security: () => v1 },
    ]) {
      const ends = asking(dialect)
      for (const id of NOTES_OF_DIALLER) ends.dialler.session.send(noteOf(id))
      move(ends)
      ends.acceptor.session.answerConnect({ kind: 'open' })
      expectBothToHear(ends)
    }
  })

  test('of which nothing comes that could seal frames is told of', () => {
    const state = asking(SECURE).acceptor.session.exportAccepting(0)!
    const options = optionsOf(SECURE, ADDR_B2)
    expect(() => Session.importAccepting(options, state, () => ({}), 0)).toThrow('gave no cipher for it')
    const broken = new Error('no such module')
    const restore = (): TransportSecurity => {
      throw broken
    }
    expect(() => Session.importAccepting(options, state, restore, 0)).toThrow(broken)
  })
})

test('secrets go along only where they are needed', () => {
  const securityOf = (dialect: Dialect): AcceptingState['security'] =>
    asking(dialect).acceptor.session.exportAccepting(0)!.security
  expect(securityOf(SIGNED_V1)).toEqual(keyedBy(0x5a).portable)
  expect(securityOf(SECURE)).toEqual(keyedBy(0x5a).portable)
  expect(securityOf(V1)).toBeUndefined()
  expect(securityOf({ ...V2, security: () => keyedBy(1), mode: ConnectionMode.crc })).toBeUndefined()
})

test('terms are those of the new place', () => {
  const ends = asking(V1)
  const options = sessionOptionsOf({ addr: ADDR_B, policy: Policies.statelessServer() })
  const session = moveHandshake(ends.acceptor.session, { ...options, ownAddrs: () => new EntityAddrVec([ADDR_A]) })
  const { asked } = eventOf(drain(session), 'connectRequested')
  expect(asked.policy).toEqual(Policies.statelessServer())
})
