import { EntityType } from '@msgr/message'
import { Session } from '@msgr/msgr-protocol'
import fc, { type Arbitrary } from 'fast-check'
import { GoneError, SessionDriver, type Answers } from '../session-driver.ts'
import { OWN_ADDR_V2, PEER_ADDR, PEER_ADDR_V2, policyNumber, sessionOptions } from '../session-options.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'
import {
  arbitraryAuthAnswer,
  arbitraryIdent,
  arbitraryNonsense,
  arbitrarySessionAnswer,
  authDoneFrame,
  badMethodFrame,
  helloFrame,
  identFrame,
  moreFrame,
  numberFrame,
  resetFrame,
  signatureFrame,
  WAIT_FRAME,
} from '../v2-handshake.ts'
import type { V2FrameFields } from '../v2-stream.ts'
import { readTwice, setupOf, withSetup } from './session-input.ts'
import { arbitraryFramesV2, maxHandshakeBytesV2, PING_FRAME, repairStreamV2, streamV2 } from './session-input-v2.ts'

// The mode: bits 0 to 2 the policy, 3 there is another authorizer if one is refused, 4 the session was open before, 6
// checksums are ignored. The revision is the one of the banner in the stream.

const HELLO = helloFrame(4, OWN_ADDR_V2)
const DONE = authDoneFrame(1)
const SERVER_IDENT = identFrame(9, { addrs: [PEER_ADDR_V2], cookie: 0x5en })
const RECONNECT_OK = numberFrame(15, 1n)
const LOGIN = [HELLO, DONE, signatureFrame()]

function openDialling(mode: number, trace: Trace): SessionDriver {
  const options = sessionOptions({ policy: policyNumber(mode & 7), checksCrc: (mode & 0x40) === 0 })
  const session = Session.dial(options, { type: EntityType.osd, addr: PEER_ADDR_V2 })
  const dialTo = (driver: SessionDriver): void => {
    // The events so far ask for a transport, which is open at once.
    driver.drain()
    if (session.state === 'connecting') session.transportOpened({ remoteAddr: PEER_ADDR_V2 }, 1000)
    driver.drain()
  }
  if ((mode & 0x10) !== 0) {
    const before = new SessionDriver(session, {}, new Trace(100))
    dialTo(before)
    before.receive(streamV2('2.1', [...LOGIN, SERVER_IDENT, PING_FRAME]))
    session.transportClosed(new GoneError('the transport of before is gone'), 1000)
    before.drain()
  }
  const answers: Answers = {
    authorizer: { protocol: 1, bytes: Uint8Array.of(1, 2, 3) },
    ...((mode & 8) !== 0 && { otherAuthorizer: { protocol: 2, bytes: Uint8Array.of(4) } }),
  }
  const driver = new SessionDriver(session, answers, trace)
  dialTo(driver)
  return driver
}

const mostly = <T>(usual: T, other: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, other)

const arbitraryFrames: Arbitrary<V2FrameFields[]> = fc
  .record({
    hello: mostly(HELLO, arbitraryNonsense),
    auth: fc.array(arbitraryAuthAnswer, { maxLength: 3 }),
    done: mostly(DONE, arbitraryAuthAnswer),
    signature: mostly(
      signatureFrame(),
      fc.nat(40).map((length) => signatureFrame(length & 1, length)),
    ),
    answers: fc.array(fc.oneof(arbitrarySessionAnswer, arbitraryIdent(9, [PEER_ADDR_V2, PEER_ADDR, OWN_ADDR_V2])), {
      maxLength: 4,
    }),
    last: fc.constantFrom(SERVER_IDENT, RECONNECT_OK),
    others: arbitraryFramesV2,
  })
  .map(({ hello, auth, done, signature, answers, last, others }) => [
    hello,
    ...auth.slice(1),
    done,
    signature,
    ...answers,
    last,
    ...others,
  ])

/** What the other end of a transport of version 2 that we opened says first. */
export const dialHandshakeV2: Target = {
  name: 'dial-handshake-v2',
  seeds: () => {
    const answers = [
      [SERVER_IDENT],
      [RECONNECT_OK],
      [numberFrame(10, 1n << 62n)],
      [resetFrame(1), SERVER_IDENT],
      [resetFrame(0), SERVER_IDENT],
      [numberFrame(13, 3n), RECONNECT_OK],
      [numberFrame(14, 9n), RECONNECT_OK],
      [WAIT_FRAME],
    ]
    const logins = [
      LOGIN,
      [HELLO, moreFrame(4, Uint8Array.of(1)), DONE, signatureFrame()],
      [HELLO, badMethodFrame(1, [2]), DONE, signatureFrame()],
    ]
    const frames = logins.flatMap((login) => answers.map((list) => [...login, ...list, PING_FRAME]))
    const streams = frames.flatMap((list) => [streamV2('2.1', list), streamV2('2.0', list)])
    return streams.flatMap((stream) => [0, 0x1b, 0x55].map((mode) => withSetup(stream, mode, mode)))
  },
  structured: fc
    .tuple(fc.nat(255), fc.nat(255), fc.constantFrom('2.0' as const, '2.1' as const), arbitraryFrames)
    .map(([mode, seed, revision, frames]) => withSetup(streamV2(revision, frames), mode, seed)),
  maxAllocatedBytes: maxHandshakeBytesV2,
  repair: repairStreamV2,
  run: (bytes) => readTwice(bytes, (trace) => openDialling(setupOf(bytes).mode, trace)),
}
