import { EntityType } from '@msgr/message'
import { Session } from '@msgr/msgr-protocol'
import fc, { type Arbitrary } from 'fast-check'
import { arbitraryFrames, arbitraryU32, arbitraryU64 } from '../arbitrary-frames.ts'
import { GoneError, SessionDriver } from '../session-driver.ts'
import { OWN_ADDR, PEER_ADDR, policyNumber, sessionOptions } from '../session-options.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'
import {
  ADDR_LENGTH,
  ALL_FEATURES,
  banner,
  BANNER_LENGTH,
  concat,
  footerLengthFor,
  legacyAddr,
  repairFrames,
  reply,
  REPLY_LENGTH,
  tagged,
  type ReplyFields,
} from '../v1-stream.ts'
import { maxSessionBytes, readTwice, setupOf, SETUP_LENGTH, withSetup } from './session-input.ts'

// The mode: bits 0 to 2 the policy, 3 any nonce of the peer is right, 4 the session was open before, 6 checksums are
// ignored.

const TAG_READY = 1
const TAG_SEQ = 13
const TAGS = [1, 2, 3, 4, 5, 10, 11, 12, 13, 16]
const GREETING = concat(
  banner(),
  legacyAddr({ port: PEER_ADDR.port, nonce: PEER_ADDR.nonce }),
  legacyAddr({ port: OWN_ADDR.port, nonce: OWN_ADDR.nonce }),
)
const REPLY: ReplyFields = {
  tag: TAG_READY,
  features: ALL_FEATURES,
  globalSeq: 1,
  connectSeq: 1,
  protocolVersion: 10,
  authorizer: new Uint8Array(0),
  flags: 0,
}

function openDialling(mode: number, trace: Trace): SessionDriver {
  const options = sessionOptions({ policy: policyNumber(mode & 7), checksCrc: (mode & 0x40) === 0 })
  const session = Session.dial(options, { type: EntityType.osd, addr: PEER_ADDR, anyNonce: (mode & 8) !== 0 })
  const dialTo = (driver: SessionDriver): void => {
    // The events so far ask for a transport, which is open at once.
    driver.drain()
    if (session.state === 'connecting') session.transportOpened({ remoteAddr: PEER_ADDR }, 1000)
    driver.drain()
  }
  if ((mode & 0x10) !== 0) {
    const before = new SessionDriver(session, {}, new Trace(100))
    dialTo(before)
    before.receive(concat(GREETING, reply(REPLY)))
    session.transportClosed(new GoneError('the transport of before is gone'), 1000)
    before.drain()
  }
  const driver = new SessionDriver(session, { authorizer: { protocol: 1, bytes: Uint8Array.of(1, 2, 3) } }, trace)
  dialTo(driver)
  return driver
}

const arbitraryReply: Arbitrary<Uint8Array> = fc
  .record(
    {
      tag: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...TAGS) }, fc.nat(255)),
      features: fc.oneof({ weight: 3, arbitrary: fc.constant(ALL_FEATURES) }, arbitraryU64),
      globalSeq: arbitraryU32,
      connectSeq: fc.oneof(fc.nat(3), arbitraryU32),
      protocolVersion: fc.constantFrom(10, 24, 0, 0xffff_ffff),
      authorizer: fc.uint8Array({ maxLength: 40 }),
      authorizerLength: arbitraryU32,
      flags: fc.nat(255),
    },
    { requiredKeys: [] },
  )
  .map((fields) => {
    const { authorizerLength, ...others } = fields
    const lies = authorizerLength !== undefined && authorizerLength % 4 === 0
    const bytes = reply({ ...REPLY, ...others, ...(lies ? { authorizerLength } : {}) })
    return fields.tag === TAG_SEQ ? concat(bytes, tagged(undefined, BigInt(fields.globalSeq ?? 0))) : bytes
  })

const arbitraryStream: Arbitrary<Uint8Array> = fc
  .record({
    greeting: fc.oneof(
      { weight: 8, arbitrary: fc.constant(GREETING) },
      fc
        .record({ port: fc.nat(0xffff), nonce: arbitraryU32, family: fc.nat(11), ip: arbitraryU32 })
        .map((addr) => concat(banner(), legacyAddr(addr), legacyAddr(addr))),
    ),
    replies: fc.array(arbitraryReply, { maxLength: 4 }),
    last: fc.constantFrom(
      reply(REPLY),
      reply({ ...REPLY, connectSeq: 2 }),
      concat(reply({ ...REPLY, tag: TAG_SEQ }), tagged(undefined, 0n)),
    ),
    frames: fc.oneof(fc.constant([]), arbitraryFrames([])),
  })
  .map(({ greeting, replies, last, frames }) => concat(greeting, ...replies, last, ...frames))

/** What the other end of a transport that we opened says first. */
export const dialHandshake: Target = {
  name: 'dial-handshake',
  seeds: () => {
    const replies = TAGS.map((tag) => {
      const bytes = reply({ ...REPLY, tag })
      return tag === TAG_SEQ ? concat(bytes, tagged(undefined, 1n)) : bytes
    })
    const streams = replies.map((bytes) => concat(GREETING, bytes, reply(REPLY)))
    return streams.flatMap((stream) => [0, 0x13, 0x0d, 0x55].map((mode) => withSetup(stream, mode, mode)))
  },
  structured: fc
    .tuple(fc.nat(255), fc.nat(255), arbitraryStream)
    .map(([mode, seed, stream]) => withSetup(stream, mode, seed)),
  maxAllocatedBytes: maxSessionBytes,
  repair: (bytes) => {
    const replyAt = SETUP_LENGTH + BANNER_LENGTH + 2 * ADDR_LENGTH
    if (bytes.length < replyAt + REPLY_LENGTH) return
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const inSeqLength = view.getUint8(replyAt) === TAG_SEQ ? 8 : 0
    const after = replyAt + REPLY_LENGTH + view.getUint32(replyAt + 21, true) + inSeqLength
    repairFrames(bytes, after, footerLengthFor(view.getBigUint64(replyAt + 1, true) & ALL_FEATURES))
  },
  run: (bytes) => readTwice(bytes, (trace) => openDialling(setupOf(bytes).mode, trace)),
}
