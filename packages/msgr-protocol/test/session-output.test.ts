import { Feature, FEATURES_ALL, Message, Priority } from '@msgr/message'
import { describe, expect, test } from 'vitest'
import { Policies, Session, type Policy } from '../src/index.ts'
import { joined } from './bytes.ts'
import { sessionOptionsOf } from './network/host.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B } from './network/pair.ts'
import { addrBytes, BANNER, connectBytes, drain, outputOf, seqBytes } from './network/raw-peer.ts'
import { thrownBy } from './thrown-by.ts'

/** An accepted session that is open, and has nothing to say. */
function openSession(policy: Policy = Policies.losslessPeer(), features: bigint = FEATURES_ALL): Session {
  const session = Session.accept(sessionOptionsOf({ addr: ADDR_B, policy }), ADDR_A)
  session.transportOpened({ remoteAddr: ADDR_A }, 0)
  session.receive(joined([BANNER, addrBytes(ADDR_A), connectBytes({ features })]), 0)
  drain(session)
  session.answerAuthorizer({ kind: 'accepted', reply: new Uint8Array(0) })
  drain(session)
  session.answerConnect({ kind: 'open' })
  if ((features & Feature.reconnectSeq) !== 0n) session.receive(seqBytes(0), 0)
  drain(session)
  outputOf(session)
  return session
}

/** The frames in what the session has to say: tags, and the number of an ack or the id of a Note. */
function framesOf(session: Session, maxBytes = Infinity): string[] {
  const bytes = joined(session.takeOutput(maxBytes))
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const frames: string[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++]
    if (tag === 8) {
      frames.push(`ack ${view.getUint32(at, true)}`)
      at += 8
    } else if (tag === 14 || tag === 15) {
      frames.push(tag === 14 ? 'keepalive2' : 'keepalive2Ack')
      at += 8
    } else if (tag === 7) {
      const [front, data] = [view.getUint32(at + 22, true), view.getUint32(at + 30, true)]
      frames.push(`note ${view.getUint32(at + 53, true)} as ${view.getUint32(at, true)}`)
      at += 53 + front + data + 21
    } else throw new Error(`expected a frame, got tag ${tag}`)
  }
  return frames
}

/** The bytes of a message from the peer. */
function noteBytes(seq: number): Uint8Array {
  const sender = openSession()
  for (let i = 1; i < seq; i++) {
    sender.send(Note.of(0))
    outputOf(sender)
  }
  sender.send(Note.of(50))
  return outputOf(sender)
}

const KEEPALIVE2 = joined([Uint8Array.of(14), seqBytes(1)])

describe('what an open session writes', () => {
  test('is keepalives, then messages, the highest priority first, and one ack for all that came', () => {
    const session = openSession()
    for (const seq of [1, 2, 3]) session.receive(noteBytes(seq), 0)
    session.receive(KEEPALIVE2, 0)
    drain(session)
    session.send(Note.of(10, { priority: Priority.low }))
    session.send(Note.of(11, { priority: Priority.high }))
    session.send(Note.of(12, { priority: Priority.low }))
    session.keepalive({ seconds: 1, nanoseconds: 0 })
    expect(framesOf(session)).toEqual([
      'keepalive2',
      'keepalive2Ack',
      'note 11 as 1',
      'note 10 as 2',
      'note 12 as 3',
      'ack 3',
    ])
    expect([session.wantsOutput, framesOf(session)]).toEqual([false, []])
  })

  test('is about as much as there is room for; a message of higher priority that comes meanwhile is next', () => {
    const session = openSession()
    session.send(Note.of(1, { dataLength: 2_000, priority: Priority.low }))
    session.send(Note.of(2, { dataLength: 2_000, priority: Priority.low }))
    session.receive(noteBytes(1), 0)
    drain(session)
    expect(framesOf(session, 100)).toEqual(['note 1 as 1', 'ack 1'])
    session.send(Note.of(3, { priority: Priority.highest }))
    expect(framesOf(session, 1)).toEqual(['note 3 as 2'])
    expect([session.wantsOutput, framesOf(session, 1), session.wantsOutput]).toEqual([true, ['note 2 as 3'], false])
  })

  test('has no acks if the session is lossy', () => {
    const session = openSession(Policies.statelessServer())
    session.receive(noteBytes(1), 0)
    expect(drain(session).map((event) => event.kind)).toContain('message')
    expect([session.wantsOutput, framesOf(session)]).toEqual([false, []])
  })

  test('is an ack at once, to a peer that was not told in the handshake what we have', () => {
    const session = openSession(Policies.losslessPeer(), FEATURES_ALL & ~Feature.reconnectSeq)
    session.receive(noteBytes(1), 0)
    drain(session)
    expect(framesOf(session)).toEqual(['ack 1'])
    session.transportClosed(new Error('gone'), 0)
    const other = Session.accept(sessionOptionsOf({ addr: ADDR_B, policy: Policies.losslessPeer() }), ADDR_A)
    other.transportOpened({ remoteAddr: ADDR_A }, 0)
    const features = FEATURES_ALL & ~Feature.reconnectSeq
    other.receive(joined([BANNER, addrBytes(ADDR_A), connectBytes({ features, connectSeq: 2 })]), 0)
    drain(other)
    other.answerAuthorizer({ kind: 'accepted', reply: new Uint8Array(0) })
    drain(other)
    session.takeOver(other, false)
    // Banner, two addresses and the reply come before it.
    const output = outputOf(session)
    expect(output.subarray(281)).toHaveLength(26 + 9)
    expect(output.subarray(-9)).toEqual(joined([Uint8Array.of(8), seqBytes(1)]))
  })

  test('is another ack for a message that comes twice, and only the first is given to the owner', () => {
    const session = openSession()
    session.receive(noteBytes(1), 0)
    session.receive(noteBytes(2), 0)
    drain(session)
    expect(framesOf(session)).toEqual(['ack 2'])
    session.receive(noteBytes(1), 0)
    expect(drain(session).map((event) => event.kind)).toEqual(['messageArriving', 'messageDropped'])
    expect(framesOf(session)).toEqual(['ack 2'])
  })
})

/** A message that does something while it is encoded. */
class Odd extends Message {
  static readonly type = 301
  static readonly headVersion = 1
  static readonly compatVersion = 1
  readonly #act: () => void

  constructor(act: () => void = () => undefined) {
    super(Odd)
    this.priority = Priority.default
    this.#act = act
  }

  protected override encodePayload(): void {
    this.front = Note.of(99).front
    this.#act()
  }

  protected override decodePayload(): void {
    // Never received.
  }
}

describe('a message', () => {
  test('that cannot be encoded is dropped with its error, and the next one gets its number', () => {
    const session = openSession()
    const unspeakable = new Odd(() => {
      throw new Error('no words for this')
    })
    for (const message of [Note.of(1), unspeakable, Note.of(2)]) session.send(message)
    expect(thrownBy(() => session.takeOutput(Infinity))).toMatchObject({ message: 'no words for this' })
    expect(framesOf(session)).toEqual(['note 1 as 1', 'note 2 as 2'])
    expect([session.queue.length, session.queue.sentCount]).toEqual([0, 2])
  })

  test('that sends another and flushes while it is encoded still goes first', () => {
    const session = openSession()
    const nested: Uint8Array[] = []
    const busy = new Odd(() => {
      session.send(Note.of(2, { priority: Priority.highest }))
      nested.push(...session.takeOutput(Infinity))
    })
    session.send(busy)
    const seqs = [...joined(session.takeOutput(Infinity))]
    expect(nested).toEqual([])
    expect([seqs[0], seqs[1]]).toEqual([7, 1])
    expect(session.queue.sentCount).toBe(2)
  })
})
