import { NoneAuthenticator } from '@msgr/messenger-core'
import { EntityAddr, EntityName } from '@msgr/message'
import { Session, type AuthorizerVerdict } from '@msgr/msgr-protocol'
import fc, { type Arbitrary } from 'fast-check'
import { GoneError, SessionDriver, type Answers } from '../session-driver.ts'
import { OWN_ADDR, OWN_ADDR_V2, PEER_ADDR, PEER_ADDR_V2, policyNumber, sessionOptions } from '../session-options.ts'
import type { Target } from '../target.ts'
import { Trace } from '../trace.ts'
import {
  arbitraryAuthRequest,
  arbitraryIdent,
  arbitraryMore,
  arbitraryNonsense,
  arbitraryReconnect,
  authRequestFrame,
  helloFrame,
  identFrame,
  moreFrame,
  reconnectFrame,
  signatureFrame,
} from '../v2-handshake.ts'
import type { V2FrameFields } from '../v2-stream.ts'
import { readTwice, setupOf, withSetup } from './session-input.ts'
import { arbitraryFramesV2, maxHandshakeBytesV2, PING_FRAME, repairStreamV2, streamV2 } from './session-input-v2.ts'

// The mode: bits 0 to 2 the policy, 3 a session is held, 4 and 5 what becomes of authorizers, 6 checksums are ignored,
// 7 the session held stands by. The revision is the one of the banner in the stream.

const CLAIM = Uint8Array.from(Buffer.from('010400000001000000390000000000000000', 'hex'))
const CLIENT_COOKIE = 0xc1n
/** That of an accepting session whose `random` is 0.5. */
const SERVER_COOKIE = 0x8000_0000_8000_0000n
const ADDRS = [PEER_ADDR_V2, PEER_ADDR, OWN_ADDR_V2, OWN_ADDR, EntityAddr.parse('any:0.0.0.0:0/9'), EntityAddr.none]

const none = new NoneAuthenticator(EntityName.osd(0))
const HELLO = helloFrame(4, OWN_ADDR_V2)
const REQUEST = authRequestFrame({ method: 1, modes: [2, 1], payload: CLAIM })
const IDENT = identFrame(8, { addrs: [PEER_ADDR_V2], target: OWN_ADDR_V2, cookie: CLIENT_COOKIE })
const RECONNECT = reconnectFrame([PEER_ADDR_V2], [CLIENT_COOKIE, SERVER_COOKIE, 2n, 1n, 1n])
const LOGIN = [HELLO, REQUEST, signatureFrame()]
/** How a peer opens a session. */
const OPENING = [...LOGIN, IDENT]

function verdicts(mode: number): NonNullable<Answers['verdict']> {
  let asked = 0
  return (peerType, authorizer): AuthorizerVerdict => {
    switch ((mode >> 4) & 3) {
      case 1:
        return none.verifyAuthorizer(peerType, authorizer, { wire: 'v2' })
      case 2:
        return asked++ < 2 ? { kind: 'challenge', bytes: Uint8Array.of(1, 2, 3) } : { kind: 'accepted', reply: CLAIM }
      case 3:
        return asked++ < 2
          ? { kind: 'refused', result: -95, methods: [1] }
          : { kind: 'accepted', reply: new Uint8Array(100) }
      default:
        return { kind: 'accepted', reply: new Uint8Array(0) }
    }
  }
}

function accepting(mode: number, answers: Answers, trace: Trace): SessionDriver {
  const options = sessionOptions({ policy: policyNumber(mode & 7), checksCrc: (mode & 0x40) === 0 })
  const session = Session.accept(options, PEER_ADDR_V2)
  session.transportOpened({ remoteAddr: PEER_ADDR_V2 }, 1000)
  return new SessionDriver(session, answers, trace)
}

/** A session that the peer has opened before, with its transport or, if the mode says so, without. */
function heldSession(mode: number): Session {
  const driver = accepting(mode, {}, new Trace(100))
  driver.receive(streamV2('2.1', [...OPENING, PING_FRAME]))
  if ((mode & 0x80) !== 0) driver.session.transportClosed(new GoneError('the transport of before is gone'), 1000)
  return driver.session
}

function openAccepting(mode: number, trace: Trace): SessionDriver {
  const verdict = verdicts(mode)
  return accepting(mode, (mode & 8) === 0 ? { verdict } : { verdict, held: heldSession(mode & ~8) }, trace)
}

const sessionRequest = fc.oneof(
  fc.constantFrom(IDENT, RECONNECT),
  arbitraryIdent(8, ADDRS),
  arbitraryReconnect([PEER_ADDR_V2, PEER_ADDR], [CLIENT_COOKIE, SERVER_COOKIE]),
)
const mostly = <T>(usual: T, other: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, other)

const arbitraryFrames: Arbitrary<V2FrameFields[]> = fc
  .record({
    hello: mostly(HELLO, arbitraryNonsense),
    requests: fc.array(fc.oneof(arbitraryAuthRequest, arbitraryMore), { maxLength: 3 }),
    request: mostly(REQUEST, arbitraryAuthRequest),
    mores: fc.oneof(fc.constant([]), fc.constant([moreFrame(5, CLAIM), moreFrame(5, CLAIM)])),
    signature: mostly(
      signatureFrame(),
      fc.nat(40).map((length) => signatureFrame(length & 1, length)),
    ),
    sessionRequests: fc.array(sessionRequest, { maxLength: 4 }),
    others: arbitraryFramesV2,
  })
  .map(({ hello, requests, request, mores, signature, sessionRequests, others }) => [
    hello,
    ...requests.slice(1),
    request,
    ...mores,
    signature,
    ...sessionRequests,
    ...others,
  ])

/** The first bytes of a transport of version 2 that a peer has opened. */
export const acceptHandshakeV2: Target = {
  name: 'accept-handshake-v2',
  seeds: () => {
    const mores = [moreFrame(5, CLAIM), moreFrame(5, CLAIM)]
    const frames = [
      [...OPENING, PING_FRAME],
      [...LOGIN, RECONNECT, IDENT, PING_FRAME],
      [HELLO, REQUEST, ...mores, signatureFrame(), IDENT, PING_FRAME],
      [HELLO, REQUEST, REQUEST, REQUEST, signatureFrame(), RECONNECT, RECONNECT, IDENT],
    ]
    const streams = frames.flatMap((list) => [streamV2('2.1', list), streamV2('2.0', list)])
    return streams.flatMap((stream) => [0, 0x18, 0x28, 0x30, 0x4b, 0x8c].map((mode) => withSetup(stream, mode, mode)))
  },
  structured: fc
    .tuple(fc.nat(255), fc.nat(255), fc.constantFrom('2.0' as const, '2.1' as const), arbitraryFrames)
    .map(([mode, seed, revision, frames]) => withSetup(streamV2(revision, frames), mode, seed)),
  maxAllocatedBytes: maxHandshakeBytesV2,
  repair: repairStreamV2,
  run: (bytes) => readTwice(bytes, (trace) => openAccepting(setupOf(bytes).mode, trace)),
}
