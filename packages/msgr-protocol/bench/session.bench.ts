import { BufferList, crc32c } from '@msgr/bufferlist'
import { EntityAddr, EntityAddrVec, EntityType, Message, MessageRegistry } from '@msgr/message'
import { bench, do_not_optimize, group, run, summary } from 'mitata'
import {
  ConnectionMode,
  DEFAULT_LIMITS,
  type FrameChecks,
  FrameReader,
  FrameWriter,
  GlobalSeq,
  InputBytes,
  OutputBytes,
  Policies,
  Session,
} from '../src/index.ts'

// What a message costs in the protocol: written by one end and read by the other, with all checksums, and with what
// a lossless session adds to its wire: numbers, the list of what is not acknowledged, and acks. One operation is a
// batch of 64 messages, as a socket would bring them.

const BATCH = 64

/** Carries bytes and says nothing. */
class Parcel extends Message {
  static readonly type = 300
  static readonly headVersion = 1
  static readonly compatVersion = 1

  constructor() {
    super(Parcel)
  }

  protected override encodePayload(): void {
    // The data is set by whoever made the message.
  }

  protected override decodePayload(): void {
    // It is all in the data.
  }
}

const CHECKS: FrameChecks = { crc32c, crcHeader: true, crcData: true, limits: DEFAULT_LIMITS }
const registry = new MessageRegistry([Parcel])
const ADDR_A = EntityAddr.parse('v1:10.0.0.1:6800/1')
const ADDR_B = EntityAddr.parse('v1:10.0.0.2:6800/2')

function makeOptions(addr: EntityAddr): Parameters<typeof Session.dial>[0] {
  return {
    wire: { ownType: EntityType.osd, ownNum: 0, ...CHECKS },
    registry,
    globalSeq: new GlobalSeq(),
    ownType: EntityType.osd,
    ownAddr: () => addr,
    ownAddrs: () => new EntityAddrVec([addr]),
    termsFor: () => ({ policy: Policies.losslessPeer(), protocolVersion: 10, modes: [ConnectionMode.crc] }),
    random: () => 0.5,
    timing: {
      initialBackoffMs: 200,
      maxBackoffMs: 15_000,
      connectionReadyTimeoutMs: 10_000,
      connectionIdleTimeoutMs: 900_000,
    },
    maxHandshakeRounds: DEFAULT_LIMITS.maxHandshakeRounds,
  }
}

function makeMessages(size: number): Message[] {
  return Array.from({ length: BATCH }, () => {
    const message = new Parcel()
    message.priority = 127
    message.data = new BufferList(new Uint8Array(size))
    return message
  })
}

/** Does what the session asks for, as an owner would; returns the messages that came. */
function pump(session: Session): number {
  let count = 0
  for (let event = session.nextEvent(); event !== undefined; event = session.nextEvent()) {
    switch (event.kind) {
      case 'messageArriving':
        session.admit()
        break
      case 'message':
        do_not_optimize(event.message)
        count++
        break
      case 'authorizerNeeded':
        session.giveAuthorizer({ protocol: 0, bytes: new Uint8Array(0) })
        break
      case 'authorizerAnswered':
        session.secure(undefined)
        break
      case 'authorizerReceived':
        session.answerAuthorizer({ kind: 'accepted', reply: new Uint8Array(0) })
        break
      case 'connectRequested':
        session.answerConnect({ kind: 'open' })
        break
      case 'dial':
      case 'identified':
      case 'connected':
      case 'accepted':
        break
      default:
        throw new Error(`expected nothing of the kind, got ${event.kind}`)
    }
  }
  return count
}

/** Carries what one session has to say to the other. Returns the messages that arrived. */
function carry(from: Session, to: Session): number {
  let count = 0
  while (from.wantsOutput) {
    for (const chunk of from.takeOutput(64 * 1024)) to.receive(chunk, 0)
    count += pump(to)
    to.releaseInput()
  }
  return count
}

function openPair(): { a: Session; b: Session } {
  const a = Session.dial(makeOptions(ADDR_A), { type: EntityType.osd, addr: ADDR_B })
  const b = Session.accept(makeOptions(ADDR_B), ADDR_A)
  pump(a)
  a.transportOpened({ remoteAddr: ADDR_B }, 0)
  b.transportOpened({ remoteAddr: ADDR_A }, 0)
  while (a.wantsOutput || b.wantsOutput) {
    carry(b, a)
    carry(a, b)
  }
  if (a.state !== 'open' || b.state !== 'open') throw new Error(`expected open sessions, got ${a.state} and ${b.state}`)
  return { a, b }
}

function expectAll(count: number): void {
  if (count !== BATCH) throw new Error(`expected ${BATCH} messages, got ${count}`)
}

for (const size of [64, 4096]) {
  group(`${BATCH} messages of ${size} bytes, written and read`, () => {
    const messages = makeMessages(size)
    summary(() => {
      const { a, b } = openPair()
      bench('two sessions, with acks', () => {
        for (const message of messages) a.send(message)
        expectAll(carry(a, b))
        carry(b, a)
      })
      const [output, input] = [new OutputBytes(), new InputBytes()]
      const writer = new FrameWriter(output, { ...CHECKS, ownType: EntityType.osd, ownNum: 0 })
      const reader = new FrameReader(input, CHECKS)
      let seq = 0
      bench('a frame writer and a frame reader alone', () => {
        let count = 0
        for (const message of messages) writer.writeMessage(message, ++seq)
        for (const chunk of output.take()) input.push(chunk)
        for (let signal = reader.next(); signal !== undefined; signal = reader.next()) {
          if (signal === 'messageArriving') reader.admit()
          if (signal !== 'message') continue
          do_not_optimize(reader.decodeMessage(registry))
          count++
        }
        expectAll(count)
      })
    })
  })
}

await run()
