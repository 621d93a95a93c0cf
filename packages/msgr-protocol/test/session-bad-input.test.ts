import { crc32c } from '@msgr/bufferlist'
import { FEATURES_ALL, MessageError } from '@msgr/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Policies, ProtocolError, Session, type SessionEvent } from '../src/index.ts'
import { joined } from './bytes.ts'
import { sessionOptionsOf } from './network/host.ts'
import { Note } from './network/note.ts'
import { ADDR_A, ADDR_B } from './network/pair.ts'
import { addrBytes, BANNER, connectBytes, outputOf, replyBytes, seqBytes } from './network/raw-peer.ts'

const LIMITS = { maxFrontBytes: 4_096, maxMiddleBytes: 64, maxDataBytes: 16_384, maxAuthorizerBytes: 64 }

/** One transport of a session whose owner answers whatever it is asked, and grants whatever it can. */
class Victim {
  readonly session: Session
  readonly events: SessionEvent[] = []
  readonly ids: number[] = []

  constructor(role: 'dial' | 'accept') {
    const policy = Policies.losslessPeer()
    const options = sessionOptionsOf({ addr: ADDR_B, policy, limits: LIMITS })
    this.session =
      role === 'accept' ? Session.accept(options, ADDR_A) : Session.dial(options, { type: 4, addr: ADDR_A })
    this.drain()
    this.session.transportOpened({ remoteAddr: ADDR_A }, 0)
  }

  receive(bytes: Uint8Array): void {
    this.session.receive(bytes, 0)
    this.drain()
    this.session.takeOutput(Infinity)
    this.session.releaseInput()
  }

  drain(): void {
    for (let event = this.session.nextEvent(); event !== undefined; event = this.session.nextEvent()) {
      this.events.push(event)
      this.#carryOut(event)
    }
  }

  get isCutOff(): boolean {
    return this.events.some((event) => event.kind === 'closeTransport')
  }

  #carryOut(event: SessionEvent): void {
    const none = new Uint8Array(0)
    if (event.kind === 'messageArriving') this.session.admit()
    if (event.kind === 'message' && event.message instanceof Note) this.ids.push(event.message.id)
    if (event.kind === 'authorizerNeeded') this.session.giveAuthorizer({ protocol: 1, bytes: none })
    if (event.kind === 'authorizerAnswered') this.session.secure(undefined)
    if (event.kind === 'authorizerReceived') this.session.answerAuthorizer({ kind: 'accepted', reply: none })
    if (event.kind === 'connectRequested') this.session.answerConnect({ kind: 'open' })
  }
}

/** What a well-behaved peer would say, with three messages, an ack and keepalives. */
function goodStream(role: 'dial' | 'accept'): { stream: Uint8Array; handshakeLength: number } {
  const sender = new Victim('accept')
  sender.receive(joined([BANNER, addrBytes(ADDR_A), connectBytes({}), seqBytes(0)]))
  for (const id of [1, 2, 3]) sender.session.send(Note.of(id, { dataLength: id * 700 }))
  sender.session.keepalive({ seconds: 1, nanoseconds: 0 })
  const frames = joined([outputOf(sender.session), Uint8Array.of(9, 8), seqBytes(0), Uint8Array.of(15), seqBytes(7)])
  const handshake =
    role === 'accept'
      ? joined([BANNER, addrBytes(ADDR_A), connectBytes({}, Uint8Array.of(1, 2, 3)), seqBytes(0)])
      : joined([BANNER, addrBytes(ADDR_A), addrBytes(ADDR_B), replyBytes({ tag: 13 }, Uint8Array.of(9), 0)])
  return { stream: joined([handshake, frames]), handshakeLength: handshake.length }
}

/** Whatever came: at most one transport was given up, for a reason that names what was wrong. */
function expectOrderlyEnd({ events, session }: Victim): void {
  const ends = events.flatMap((event) => (event.kind === 'closeTransport' ? [event.error] : []))
  expect(ends.length).toBeLessThanOrEqual(1)
  for (const error of ends) {
    // A peer may also say CLOSE, or that we are to wait for it: nothing is wrong then.
    if (error === undefined) continue
    expect(error instanceof ProtocolError || error instanceof MessageError).toBe(true)
  }
  if (ends.length > 0)
    expect([session.takeOutput(1), session.wantsOutput, session.wantsInput]).toEqual([[], false, false])
}

function feed(victim: Victim, stream: Uint8Array, cuts: readonly number[]): void {
  let at = 0
  for (const length of [...cuts, stream.length]) {
    victim.receive(stream.slice(at, at + length))
    at += length
  }
}

const ROLES = ['dial', 'accept'] as const

describe.each(ROLES)('a session that can %s', (role) => {
  const { stream, handshakeLength } = goodStream(role)

  test('gets all messages of a good stream, which this is', () => {
    const victim = new Victim(role)
    feed(victim, stream, [])
    expect([victim.ids, victim.isCutOff, victim.session.state]).toEqual([[1, 2, 3], false, 'open'])
  })

  test('ends in order after any garbage at any point of it', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.nat(handshakeLength), fc.nat(stream.length)),
        fc.uint8Array({ minLength: 1, maxLength: 600, size: 'max' }),
        fc.array(fc.nat(200), { maxLength: 10 }),
        (at, garbage, cuts) => {
          const victim = new Victim(role)
          feed(victim, joined([stream.subarray(0, at), garbage, new Uint8Array(6_000).fill(0xff)]), cuts)
          expectOrderlyEnd(victim)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('ends in order whatever is changed in it, and never takes a changed message for a good one', () => {
    const change = fc.record({ at: fc.nat(stream.length - 1), to: fc.nat(255) })
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(300), { maxLength: 6 }),
        (changes, cuts) => {
          const mutated = stream.slice()
          for (const { at, to } of changes) mutated[at] = to
          const victim = new Victim(role)
          feed(victim, mutated, cuts)
          expectOrderlyEnd(victim)
          expect([1, 2, 3].slice(0, victim.ids.length)).toEqual(victim.ids)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('ends in order if a part of it is missing or comes twice', () => {
    const span = fc.record({
      from: fc.nat(stream.length),
      length: fc.integer({ min: 1, max: 200 }),
      twice: fc.boolean(),
    })
    fc.assert(
      fc.property(span, ({ from, length, twice }) => {
        const victim = new Victim(role)
        const head = stream.subarray(0, twice ? from + length : from)
        feed(victim, joined([head, stream.subarray(twice ? from : from + length)]), [])
        expectOrderlyEnd(victim)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: osd.9\r\n\r\n'],
    ['version 2 of this one', 'ceph v2\n\x10\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['SSH', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'],
  ])('cuts a peer off that speaks %s', (_, text) => {
    const victim = new Victim(role)
    victim.receive(Uint8Array.from(text, (char) => char.charCodeAt(0)))
    const end = victim.events.find((event) => event.kind === 'closeTransport')
    expect(end).toMatchObject({ error: { name: 'ProtocolError', code: 'ERR_MSGR_BAD_BANNER' } })
  })

  test('takes no memory for lengths of 4 GiB', () => {
    const header = stream.slice(0, handshakeLength + 9 + 54)
    const view = new DataView(header.buffer)
    // Behind the keepalive of 9 bytes comes the tag of the first message.
    const at = handshakeLength + 9
    for (const offset of [22, 26, 30]) view.setUint32(at + 1 + offset, 0xffff_ffff, true)
    view.setUint32(at + 1 + 49, crc32c(header, 0, at + 1, at + 1 + 49), true)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 20; i++) {
      const victim = new Victim(role)
      feed(victim, header, [])
      const end = victim.events.find((event) => event.kind === 'closeTransport')
      expect(end).toMatchObject({ error: { code: 'ERR_MSGR_TOO_LONG' } })
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 1024 * 1024)
  })
})

describe('a request for more than an authorizer may have', () => {
  test('is refused by either end before memory is taken', () => {
    const accepting = new Victim('accept')
    accepting.receive(joined([BANNER, addrBytes(ADDR_A), connectBytes({ authorizerLength: 0xffff_ffff })]))
    const dialling = new Victim('dial')
    const reply = replyBytes({ tag: 1, features: FEATURES_ALL, authorizerLength: 0xffff_ffff })
    dialling.receive(joined([BANNER, addrBytes(ADDR_A), addrBytes(ADDR_B), reply]))
    for (const { events } of [accepting, dialling]) {
      const end = events.find((event) => event.kind === 'closeTransport')
      expect(end).toMatchObject({ error: { code: 'ERR_MSGR_TOO_LONG' } })
    }
  })
})

describe('after a transport was given up for what came on it', () => {
  test('its bytes are not read any more', () => {
    const victim = new Victim('accept')
    victim.receive(joined([BANNER, addrBytes(ADDR_A), connectBytes({}), seqBytes(0), Uint8Array.of(77)]))
    expect(victim.isCutOff).toBe(true)
    const count = victim.events.length
    victim.receive(new Uint8Array(100).fill(7))
    expect(victim.events).toHaveLength(count)
  })

  test('its end is no second fault', () => {
    const victim = new Victim('dial')
    victim.session.send(Note.of(1))
    victim.session.timeout(1e9)
    // The owner has not drained the events yet when the socket tells that it is gone.
    victim.session.transportClosed(new Error('gone'), 1e9)
    victim.drain()
    expect(victim.events.map((event) => event.kind)).toEqual(['dial', 'fault'])
    expect(victim.session.deadline).toBe(1e9 + 200)
  })
})
