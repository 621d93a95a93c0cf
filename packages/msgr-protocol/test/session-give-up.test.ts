import { describe, expect, test } from 'vitest'
import { FrameTag, Policies, ProtocolError, type Session } from '../src/index.ts'
import { clientIdentPayload, type ClientIdent } from '../src/wire-v2/session-payloads.ts'
import { Note } from './network/note.ts'
import { ADDR_B2, RawPeerV2 } from './network/raw-peer-v2.ts'
import { drain, eventOf } from './network/raw-peer.ts'
import { seeded } from './network/seeded.ts'
import { agreed, asked, challenged, COOKIE, dialled, PEER, requested } from './wire-v2/handshake-ends.ts'

const ERROR = new ProtocolError('ERR_MSGR_REFUSED', 'there is nothing to show the peer')

function withHello(): RawPeerV2 {
  const peer = dialled()
  peer.banner()
  peer.hello()
  return peer
}

describe('an attempt that is given up', () => {
  test.each<[string, () => Session]>([
    ['before the peer has said a word', () => dialled().session],
    ['while an authorizer is wanted', () => withHello().session],
    ['while the peer judges it', () => requested().session],
    ['while the peer decides', () => asked().peer.session],
  ])('%s is over, and another follows after a wait', (_, reach) => {
    const session = reach()
    session.giveUpAttempt(ERROR)
    expect(drain(session)).toEqual([
      { kind: 'closeTransport', error: ERROR },
      { kind: 'fault', error: ERROR, next: 'reconnect', delayMs: 200 },
    ])
    expect([session.state, session.wantsInput, session.deadline]).toEqual(['connecting', false, 200])
    session.timeout(200)
    expect(drain(session)).toEqual([{ kind: 'dial' }])
  })

  test('is not answered any more', () => {
    const { session } = withHello()
    session.giveUpAttempt(ERROR)
    drain(session)
    session.timeout(200)
    drain(session)
    session.transportOpened({ remoteAddr: ADDR_B2 }, 200)
    const banner = session.takeOutput(Infinity).length
    session.giveAuthorizer({ protocol: 1, bytes: new Uint8Array(0) })
    expect([banner, session.wantsOutput]).toEqual([1, false])
  })

  test('is not followed by another if there is nothing to send and the peer may come', () => {
    const { session } = asked(Policies.losslessPeer()).peer
    session.giveUpAttempt(ERROR)
    expect(eventOf(drain(session), 'fault').next).toBe('standby')
  })
})

describe('nothing is given up', () => {
  test.each<[string, () => Session]>([
    ['once the session is open', () => agreed().session],
    ['if it is the peer that has dialled', () => challenged().session],
    ['once the session is closed', () => closed(dialled().session)],
    ['between two attempts', () => withoutTransport(dialled().session)],
  ])('%s', (_, reach) => {
    const session = reach()
    const { state, wantsInput } = session
    session.giveUpAttempt(ERROR)
    expect([drain(session), session.state, session.wantsInput]).toEqual([[], state, wantsInput])
  })
})

describe('a session whose peer goes on with another attempt', () => {
  test('lets go of its transport, and asks for a new session', () => {
    const { session } = agreed()
    session.send(Note.of(1))
    session.beginAnew(ERROR)
    expect(drain(session)).toEqual([
      { kind: 'closeTransport', error: ERROR },
      { kind: 'fault', error: ERROR, next: 'reconnect', delayMs: 200 },
    ])
    const { connectSeq, serverCookie } = session.facts
    expect([connectSeq, serverCookie, session.queue.length]).toEqual([0, 0n, 1])
    expect(askedAnew(session).cookie).toBe(COOKIE)
  })

  test('asks for it under the name that the peer may have agreed to', () => {
    const { peer, ident } = asked(PEER, { random: seeded(1) })
    peer.session.send(Note.of(1))
    peer.session.beginAnew(ERROR)
    expect(askedAnew(peer.session).cookie).toBe(ident.cookie)
  })

  test('has nothing to let go of between two attempts', () => {
    const session = withoutTransport(dialled().session)
    session.beginAnew(ERROR)
    expect([drain(session), session.state, session.deadline]).toEqual([[], 'connecting', 200])
  })
})

/** How the session asks on its next transport. */
function askedAnew(session: Session): ClientIdent {
  session.timeout(200)
  drain(session)
  session.transportOpened({ remoteAddr: ADDR_B2 }, 200)
  const peer = new RawPeerV2(session, 200)
  peer.letIn()
  return peer.heardOnly(FrameTag.clientIdent, clientIdentPayload)
}

function closed(session: Session): Session {
  session.close()
  return session
}

function withoutTransport(session: Session): Session {
  session.transportClosed(new Error('cut'), 0)
  drain(session)
  return session
}
