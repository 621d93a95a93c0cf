import { NoneAuthenticator } from '@msgr/messenger-core'
import { EntityName } from '@msgr/message'
import { Session, type AuthorizerVerdict } from '@msgr/msgr-protocol'
import fc, { type Arbitrary } from 'fast-check'
import { arbitraryFrames, arbitraryU32, arbitraryU64 } from '../arbitrary-frames.ts'
import { readHexFiles } from '../hex-file.ts'
import { GoneError, SessionDriver, type Answers } from '../session-driver.ts'
import { PEER_ADDR, policyNumber, sessionOptions } from '../session-options.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'
import {
  ADDR_LENGTH,
  ALL_FEATURES,
  banner,
  BANNER_LENGTH,
  concat,
  connect,
  CONNECT_LENGTH,
  footerLengthFor,
  inSeqLengthFor,
  legacyAddr,
  repairFrames,
  tagged,
  type ConnectFields,
} from '../v1-stream.ts'
import { maxSessionBytes, readTwice, setupOf, SETUP_LENGTH, withSetup } from './session-input.ts'

// The mode: bits 0 to 2 the policy, 3 a session is held, 4 and 5 what becomes of authorizers, 6 checksums are ignored,
// 7 the session held stands by.

const none = new NoneAuthenticator(EntityName.osd(0))
const NONE_AUTHORIZER = Uint8Array.from(Buffer.from('010400000001000000390000000000000000', 'hex'))
const CONNECT: ConnectFields = {
  features: ALL_FEATURES,
  hostType: 4,
  globalSeq: 1,
  connectSeq: 0,
  protocolVersion: 10,
  authorizerProtocol: 1,
  authorizer: NONE_AUTHORIZER,
  flags: 0,
}
const GREETING = concat(banner(), legacyAddr({ port: PEER_ADDR.port, nonce: PEER_ADDR.nonce }))
const IN_SEQ = tagged(undefined, 0n)

/** How a peer opens a session: greeting, request and in seq. */
export const OPENING: Uint8Array = concat(GREETING, connect(CONNECT), IN_SEQ)

function verdicts(mode: number): NonNullable<Answers['verdict']> {
  let asked = 0
  return (peerType, authorizer): AuthorizerVerdict => {
    switch ((mode >> 4) & 3) {
      case 1:
        return none.verifyAuthorizer(peerType, authorizer)
      case 2:
        return asked++ === 0
          ? { kind: 'challenge', bytes: Uint8Array.of(1, 2, 3) }
          : { kind: 'accepted', reply: NONE_AUTHORIZER }
      case 3:
        return asked++ < 2 ? { kind: 'refused' } : { kind: 'accepted', reply: new Uint8Array(100) }
      default:
        return { kind: 'accepted', reply: new Uint8Array(0) }
    }
  }
}

function accepting(mode: number, answers: Answers, trace: Trace): SessionDriver {
  const options = sessionOptions({ policy: policyNumber(mode & 7), checksCrc: (mode & 0x40) === 0 })
  const session = Session.accept(options, PEER_ADDR)
  session.transportOpened({ remoteAddr: PEER_ADDR }, 1000)
  return new SessionDriver(session, answers, trace)
}

/** A session that the peer has opened before, with its transport or, if the mode says so, without. */
function heldSession(mode: number): Session {
  const driver = accepting(mode, {}, new Trace(100))
  driver.receive(OPENING.slice())
  if ((mode & 0x80) !== 0) driver.session.transportClosed(new GoneError('the transport of before is gone'), 1000)
  return driver.session
}

/** An accepting session for an input's mode, whose transport is open. */
export function openAccepting(mode: number, trace: Trace): SessionDriver {
  const verdict = verdicts(mode)
  return accepting(mode, (mode & 8) === 0 ? { verdict } : { verdict, held: heldSession(mode & ~8) }, trace)
}

const arbitraryConnect: Arbitrary<Uint8Array> = fc
  .record(
    {
      features: fc.oneof({ weight: 3, arbitrary: fc.constant(ALL_FEATURES) }, arbitraryU64),
      hostType: fc.oneof(fc.constantFrom(1, 4, 8), arbitraryU32),
      globalSeq: arbitraryU32,
      connectSeq: fc.oneof(fc.nat(3), arbitraryU32),
      protocolVersion: fc.constantFrom(10, 24, 15, 0),
      authorizerProtocol: fc.constantFrom(0, 1, 2, 0xffff_ffff),
      authorizer: fc.oneof(fc.constant(NONE_AUTHORIZER), fc.uint8Array({ maxLength: 40 })),
      authorizerLength: arbitraryU32,
      flags: fc.nat(255),
    },
    { requiredKeys: [] },
  )
  .map((fields) => {
    const { authorizerLength, ...others } = fields
    // A length that lies loses the stream, so it does so seldom.
    const lies = authorizerLength !== undefined && authorizerLength % 4 === 0
    return connect({ ...CONNECT, ...others, ...(lies ? { authorizerLength } : {}) })
  })

const arbitraryStream: Arbitrary<Uint8Array> = fc
  .record({
    greeting: fc.oneof(
      { weight: 8, arbitrary: fc.constant(GREETING) },
      fc
        .record({ port: fc.nat(0xffff), nonce: arbitraryU32, family: fc.nat(11), ip: arbitraryU32 })
        .map((addr) => concat(banner(), legacyAddr(addr))),
    ),
    connects: fc.array(arbitraryConnect, { minLength: 1, maxLength: 4 }),
    last: fc.oneof(fc.constant(connect(CONNECT)), arbitraryConnect),
    inSeq: fc.oneof(
      { weight: 4, arbitrary: fc.constant(IN_SEQ) },
      arbitraryU64.map((seq) => tagged(undefined, seq)),
    ),
    frames: fc.oneof(fc.constant([]), arbitraryFrames([])),
    insistent: fc.boolean(),
  })
  .map(({ greeting, connects, last, inSeq, frames, insistent }) =>
    concat(greeting, ...(insistent ? connects : []), last, inSeq, ...frames),
  )

/** The first bytes of a transport that a peer has opened. */
export const acceptHandshake: Target = {
  name: 'accept-handshake',
  seeds: () => {
    const recorded = readHexFiles('packages/msgr-protocol/test/golden', /^connect-/).map((bytes) =>
      concat(GREETING, bytes),
    )
    const resumed = concat(GREETING, connect({ ...CONNECT, connectSeq: 1, globalSeq: 2 }), IN_SEQ)
    const old = concat(GREETING, connect({ ...CONNECT, features: 0n }))
    const streams = [OPENING, ...recorded, resumed, old]
    return streams.flatMap((stream) => [0, 0x18, 0x28, 0x30, 0x4b, 0x8c].map((mode) => withSetup(stream, mode, mode)))
  },
  structured: fc
    .tuple(fc.nat(255), fc.nat(255), arbitraryStream)
    .map(([mode, seed, stream]) => withSetup(stream, mode, seed)),
  maxAllocatedBytes: maxSessionBytes,
  repair: (bytes) => {
    const connectAt = SETUP_LENGTH + BANNER_LENGTH + ADDR_LENGTH
    if (bytes.length < connectAt + CONNECT_LENGTH) return
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const features = view.getBigUint64(connectAt, true) & ALL_FEATURES
    const after = connectAt + CONNECT_LENGTH + view.getUint32(connectAt + 28, true) + inSeqLengthFor(features)
    repairFrames(bytes, after, footerLengthFor(features))
  },
  run: (bytes) => readTwice(bytes, (trace) => openAccepting(setupOf(bytes).mode, trace)),
}
