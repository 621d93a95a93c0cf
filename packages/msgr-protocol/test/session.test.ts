import { describe, expect, test } from 'vitest'
import { Policies, Session } from '../src/index.ts'
import { joined, toHex } from './bytes.ts'
import { sessionOptionsOf } from './network/host.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B, pairOf } from './network/pair.ts'
import { addrBytes, BANNER, connectBytes, drain, eventOf, outputOf, replyBytes, seqBytes } from './network/raw-peer.ts'
import { thrownBy } from './thrown-by.ts'

const OPTIONS = sessionOptionsOf({ addr: ADDR_B, policy: Policies.losslessPeer() })
const NO_BYTES = new Uint8Array(0)

function dialling(): Session {
  const session = Session.dial(OPTIONS, { type: 4, addr: ADDR_A })
  drain(session)
  return session
}

/** A session whose peer has asked, and waits for what is decided. */
function asked(connectSeq = 0, options = OPTIONS): Session {
  const session = Session.accept(options, ADDR_A)
  session.transportOpened({ remoteAddr: ADDR_A }, 0)
  session.receive(joined([BANNER, addrBytes(ADDR_A), connectBytes({ connectSeq })]), 0)
  drain(session)
  session.answerAuthorizer({ kind: 'accepted', reply: NO_BYTES })
  drain(session)
  return session
}

function opened(options = OPTIONS): Session {
  const session = asked(0, options)
  session.answerConnect({ kind: 'open' })
  session.receive(seqBytes(0), 0)
  drain(session)
  outputOf(session)
  return session
}

function noteBytes(id: number, dataLength: number): Uint8Array {
  const sender = opened()
  sender.send(Note.of(id, { dataLength }))
  return outputOf(sender)
}

function notesIn(session: Session): Note[] {
  return drain(session).flatMap((event) =>
    event.kind === 'message' && event.message instanceof Note ? [event.message] : [],
  )
}

describe('a new session', () => {
  test('that dials asks for a transport first, and for nothing else', () => {
    const session = Session.dial(OPTIONS, { type: 4, addr: ADDR_A })
    expect([session.state, session.facts.connectSeq, session.facts.features]).toEqual(['connecting', 0, 0n])
    expect(drain(session)).toEqual([{ kind: 'dial' }])
    expect([session.deadline, session.wantsOutput, session.wantsInput]).toEqual([undefined, false, false])
  })

  test('that accepts ends with its transport if that is lost before it is open', () => {
    const session = asked()
    session.transportClosed(new Error('gone'), 0)
    expect(drain(session)).toMatchObject([{ kind: 'closed', error: { message: 'gone' } }])
    expect(session.state).toBe('closed')
  })
})

describe('an input never calls out', () => {
  test('what it leads to waits until it is asked for, also if that is done while events are drained', () => {
    const { a, b, clock } = pairOf({ policy: Policies.losslessPeer() }, { policy: Policies.losslessPeer() })
    const conversation = a.connect(ADDR_B)
    conversation.send(Note.of(1))
    clock.advance(50)
    const other = b.held.get(ADDR_A.toString())!
    // Each message is answered from inside the handling of the one before, a hundred times.
    other.onNote = ({ id }) => other.session.send(Note.of(id + 1))
    conversation.onNote = ({ id }) => {
      if (id < 200) conversation.session.send(Note.of(id + 1))
    }
    conversation.send(Note.of(101))
    clock.advance(1_000)
    expect(conversation.ids).toEqual(Array.from({ length: 50 }, (_, i) => 102 + 2 * i))
  })
})

describe('memory given to a session', () => {
  test('is free again when all is read, unless a large body lies in it', () => {
    const session = opened()
    session.receive(noteBytes(1, 2_000), 0)
    expect(session.releaseInput()).toBe(false)
    expect([notesIn(session).length, session.releaseInput()]).toEqual([1, true])
    const large = opened()
    large.receive(noteBytes(1, 3_000), 0)
    expect([notesIn(large).length, large.releaseInput(), large.releaseInput()]).toEqual([1, false, true])
  })

  test('stays as it is for a message in it, if what comes behind breaks the transport', () => {
    const session = opened()
    const bytes = joined([noteBytes(7, 5_000), Uint8Array.of(99)])
    session.receive(bytes, 0)
    const [note] = notesIn(session)
    expect(session.wantsInput).toBe(false)
    if (session.releaseInput()) bytes.fill(0xa5)
    expect(note?.isIntact).toBe(true)
  })

  test('stays as it is for a message in it, if the owner closes the session', () => {
    const session = opened()
    const bytes = noteBytes(7, 5_000)
    session.receive(bytes, 0)
    const [note] = notesIn(session)
    session.close()
    if (session.releaseInput()) bytes.fill(0xa5)
    expect(note?.isIntact).toBe(true)
  })

  test('is free again for the next transport when the one before has let go of it', () => {
    const session = opened()
    session.receive(noteBytes(7, 5_000), 0)
    notesIn(session)
    session.transportClosed(new Error('gone'), 0)
    expect([session.releaseInput(), session.releaseInput()]).toEqual([false, true])
  })

  test('is not free while a session that took the transport over may still read in it', () => {
    const held = opened()
    const other = asked(3)
    // The peer should not have said this before it is answered, but it may have.
    const early = joined([seqBytes(0), noteBytes(7, 100)])
    other.receive(early, 0)
    held.takeOver(other, false)
    if (other.releaseInput()) early.fill(0xa5)
    expect(notesIn(held).map((note) => note.id)).toEqual([7])
  })

  test('is held, and no more wanted, while the owner has a question to answer', () => {
    const session = asked()
    expect(session.wantsInput).toBe(false)
    session.answerConnect({ kind: 'open' })
    expect(session.wantsInput).toBe(true)
    session.receive(joined([seqBytes(0), noteBytes(1, 0)]), 0)
    for (let event = session.nextEvent(); event !== undefined; event = session.nextEvent());
    expect([session.wantsInput, session.arrivingBytes]).toEqual([false, 4])
    session.admit()
    expect([session.wantsInput, notesIn(session).length]).toEqual([true, 1])
  })
})

describe('chunks that a session gave out', () => {
  test('never change, however much is written after them', () => {
    const session = opened()
    const given: { chunk: Uint8Array; then: string }[] = []
    for (let id = 0; id < 300; id++) {
      session.send(Note.of(id, { dataLength: (id * 37) % 2_000 }))
      for (const chunk of session.takeOutput(Infinity)) given.push({ chunk, then: toHex(chunk) })
    }
    expect(given.every(({ chunk, then }) => toHex(chunk) === then)).toBe(true)
  })
})

describe('answers that are late or wrong', () => {
  test('mean nothing to a session that has not asked', () => {
    const session = opened()
    session.giveAuthorizer({ protocol: 1, bytes: NO_BYTES })
    session.answerAuthorizer({ kind: 'refused' })
    session.answerConnect({ kind: 'wait' })
    session.admit()
    expect([drain(session), session.wantsOutput, session.state]).toEqual([[], false, 'open'])
  })

  test('mean nothing once the transport they were for is gone', () => {
    const session = dialling()
    session.transportOpened({ remoteAddr: ADDR_A }, 0)
    session.receive(joined([BANNER, addrBytes(ADDR_A), addrBytes(ADDR_B)]), 0)
    eventOf(drain(session), 'authorizerNeeded')
    session.send(Note.of(1))
    session.transportClosed(new Error('gone'), 0)
    session.giveAuthorizer({ protocol: 1, bytes: NO_BYTES })
    expect([session.wantsOutput, session.takeOutput(Infinity)]).toEqual([false, []])
    session.timeout(200)
    session.transportOpened({ remoteAddr: ADDR_A }, 200)
    expect(toHex(outputOf(session))).toBe(toHex(BANNER))
  })
})

describe('events of a transport that is gone', () => {
  test('are not given out any more', () => {
    const session = dialling()
    session.send(Note.of(1))
    session.transportOpened({ remoteAddr: ADDR_A }, 0)
    session.receive(joined([BANNER, addrBytes(ADDR_A), addrBytes(ADDR_B)]), 0)
    // Both 'identified' and 'authorizerNeeded' are there now; one is asked for.
    expect(session.nextEvent()?.kind).toBe('identified')
    session.transportClosed(new Error('gone'), 0)
    expect(drain(session).map((event) => event.kind)).toEqual(['fault'])
  })

  test('that speak of the session itself are', () => {
    const session = dialling()
    session.send(Note.of(1))
    session.transportOpened({ remoteAddr: ADDR_A }, 0)
    session.receive(joined([BANNER, addrBytes(ADDR_A), addrBytes(ADDR_B)]), 0)
    drain(session)
    session.giveAuthorizer({ protocol: 0, bytes: NO_BYTES })
    session.receive(joined([replyBytes({ tag: 1 }), Uint8Array.of(99)]), 0)
    session.transportClosed(new Error('gone'), 0)
    expect(drain(session).map((event) => event.kind)).toEqual(['fault'])
    const other = asked()
    other.answerConnect({ kind: 'open' })
    other.send(Note.of(1))
    other.transportClosed(new Error('gone'), 0)
    expect(drain(other).map((event) => event.kind)).toEqual(['accepted', 'fault'])
  })
})

describe('taking a transport over', () => {
  test('closes the session that had it, and goes on with its own queue', () => {
    const held = opened()
    held.send(Note.of(5))
    outputOf(held)
    expect(held.queue.sentCount).toBe(1)
    const other = asked(3)
    held.takeOver(other, false)
    expect([other.state, drain(other), other.takeOutput(Infinity)]).toEqual(['closed', [], []])
    expect([held.state, held.facts.connectSeq, held.queue.length]).toEqual(['open', 4, 1])
    expect(drain(held).map((event) => event.kind)).toEqual(['accepted'])
    // Nothing is sent again before the peer has said what it has got.
    expect(outputOf(held)).toHaveLength(281 + 26 + 8)
    expect([held.wantsOutput, held.takeOutput(Infinity)]).toEqual([false, []])
    held.receive(seqBytes(1), 0)
    drain(held)
    expect([held.queue.length, held.queue.sentCount, held.wantsOutput]).toEqual([0, 0, false])
  })

  test('tells what was received so far, and takes what comes again for a double', () => {
    const held = opened()
    held.receive(noteBytes(1, 0), 0)
    drain(held)
    held.takeOver(asked(3), false)
    expect(outputOf(held).subarray(-8)).toEqual(seqBytes(1))
  })

  test('with the old discarded begins anew and says so', () => {
    const held = opened()
    held.send(Note.of(5))
    held.receive(noteBytes(1, 0), 0)
    drain(held)
    held.takeOver(asked(0), true)
    expect(drain(held).map((event) => event.kind)).toEqual(['remoteReset', 'accepted'])
    expect([held.queue.length, held.facts.connectSeq]).toEqual([0, 1])
  })

  test('from a session that has nothing to give, or by one that is closed, is a mistake', () => {
    const text = 'cannot take over'
    expect(thrownBy(() => opened().takeOver(opened(), false))).toMatchObject({
      message: expect.stringContaining(text) as string,
    })
    const closed = opened()
    closed.close()
    expect(thrownBy(() => closed.takeOver(asked(3), false))).toMatchObject({
      message: expect.stringContaining(text) as string,
    })
  })
})

describe('a second transport', () => {
  test('is a mistake while one is there, or where none was asked for', () => {
    const facts = { remoteAddr: ADDR_A }
    const connecting = dialling()
    connecting.transportOpened(facts, 0)
    const standby = opened()
    standby.transportClosed(new Error('gone'), 0)
    for (const session of [connecting, opened(), standby]) {
      const text = 'has not asked for a transport, or has one'
      const error = thrownBy(() => session.transportOpened(facts, 0))
      expect(error).toMatchObject({ message: expect.stringContaining(text) as string })
    }
  })
})

test('a session whose queue has reached its limit takes nothing more until the peer has acknowledged something', () => {
  const session = opened({ ...OPTIONS, maxQueuedBytes: 10_000 })
  const send = (id: number): string => session.send(Note.of(id, { dataLength: 4_000 }))
  expect([send(1), send(2), send(3), send(4)]).toEqual(['queued', 'queued', 'queued', 'full'])
  outputOf(session)
  expect([session.queue.sentCount, send(4)]).toEqual([3, 'full'])
  session.receive(joined([Uint8Array.of(8), seqBytes(1)]), 0)
  drain(session)
  expect([send(4), session.queue.sentCount]).toEqual(['queued', 2])
})

describe('a session that is closed', () => {
  test('does nothing any more', () => {
    const session = opened()
    session.send(Note.of(1))
    session.close()
    session.transportOpening(0)
    session.transportOpened({ remoteAddr: ADDR_A }, 0)
    session.receive(noteBytes(1, 0), 0)
    session.transportClosed(new Error('gone'), 0)
    session.timeout(1e12)
    expect(session.send(Note.of(2))).toBe('dropped')
    expect([drain(session), session.deadline, session.wantsOutput]).toEqual([[], undefined, false])
    expect([session.queue.length, session.takeOutput(Infinity)]).toEqual([0, []])
  })

  test('by its peer says so, and lets go of its transport', () => {
    const session = opened()
    session.send(Note.of(1))
    session.receive(Uint8Array.of(6), 0)
    expect(drain(session)).toMatchObject([
      { kind: 'closeTransport', error: undefined },
      { kind: 'closed', error: { code: 'ERR_MSGR_CLOSED_BY_PEER' } },
    ])
    expect([session.state, session.queue.length]).toEqual(['closed', 0])
  })
})

test('a gap in the numbers is no reason to refuse what comes', () => {
  const sender = opened()
  sender.send(Note.of(1))
  outputOf(sender)
  sender.send(Note.of(2))
  const session = opened()
  session.receive(outputOf(sender), 0)
  expect(notesIn(session)).toMatchObject([{ id: 2, seq: 2 }])
  expect(outputOf(session)).toEqual(joined([Uint8Array.of(8), seqBytes(2)]))
})
