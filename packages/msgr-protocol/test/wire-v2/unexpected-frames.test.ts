import { describe, expect, test } from 'vitest'
import { FrameTag } from '../../src/index.ts'
import { Note } from '../network/note.ts'
import { eventOf } from '../network/raw-peer.ts'
import type { RawPeerV2 } from '../network/raw-peer-v2.ts'
import {
  accepted,
  agreed,
  asked,
  challenged,
  connected,
  dialled,
  entered,
  greeted,
  opened,
  requested,
  unsigned,
} from './handshake-ends.ts'

// A frame that has no business where it comes ends the transport, whatever it says.

interface Stage {
  readonly name: string
  readonly reach: () => RawPeerV2
  /** What the error says would have been right. */
  readonly expected: string
  readonly welcome: readonly number[]
}

const DIALLING: readonly Stage[] = [
  { name: 'a hello', reach: () => withBanner(dialled()), expected: 'hello (1)', welcome: [FrameTag.hello] },
  {
    name: 'an answer to authentication',
    reach: () => requested(),
    expected: 'an answer to authentication (3, 4 or 6)',
    welcome: [FrameTag.authBadMethod, FrameTag.authReplyMore, FrameTag.authDone],
  },
  {
    name: 'a signature',
    reach: () => unsigned(),
    expected: 'a signature (7)',
    welcome: [FrameTag.authSignature],
  },
  {
    name: 'an answer about the session',
    reach: () => asked().peer,
    expected: 'an answer about the session (9, 10 or 12 to 16)',
    welcome: [
      FrameTag.serverIdent,
      FrameTag.identMissingFeatures,
      FrameTag.sessionReset,
      FrameTag.sessionRetry,
      FrameTag.sessionRetryGlobal,
      FrameTag.sessionReconnectOk,
      FrameTag.wait,
    ],
  },
  { name: 'messages', reach: () => agreed(), expected: 'one of an open session', welcome: [] },
]

const ACCEPTING: readonly Stage[] = [
  { name: 'a hello', reach: () => withBanner(connected()), expected: 'hello (1)', welcome: [FrameTag.hello] },
  {
    name: 'a request to authenticate',
    reach: () => greeted(),
    expected: 'a request to authenticate (2)',
    welcome: [FrameTag.authRequest],
  },
  {
    name: 'more of authentication',
    reach: () => challenged(),
    expected: 'more of authentication (5)',
    welcome: [FrameTag.authRequestMore],
  },
  { name: 'a signature', reach: () => accepted(), expected: 'a signature (7)', welcome: [FrameTag.authSignature] },
  {
    name: 'a request for a session',
    reach: () => entered(),
    expected: 'a request for a session (8 or 11)',
    welcome: [FrameTag.clientIdent, FrameTag.sessionReconnect],
  },
  { name: 'messages', reach: () => opened(), expected: 'one of an open session', welcome: [] },
]

const OF_HANDSHAKE = Object.values(FrameTag).filter((tag) => tag < FrameTag.message)
const UNKNOWN = [0, 21, 22, 99, 255]
const OF_OPEN_SESSIONS = ['a message', 'an ack', 'a keepalive', 'an answer to a keepalive'] as const

function withBanner(peer: RawPeerV2): RawPeerV2 {
  peer.banner()
  return peer
}

describe.each([
  ['that dials', DIALLING],
  ['that accepts', ACCEPTING],
])('an end %s', (_, stages) => {
  describe.each(stages)('and awaits $name', ({ reach, expected, welcome }) => {
    test.each(OF_HANDSHAKE.filter((tag) => !welcome.includes(tag)))('is done with a frame of tag %i', (tag) => {
      const { error } = eventOf(reach().sayBytes(tag, new Uint8Array(200)), 'closeTransport')
      const message = `tag of a frame: expected ${expected}, got ${tag}`
      expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_TAG', message })
    })

    test.each(UNKNOWN)('is done with a frame of tag %i, which there is none of', (tag) => {
      const { error } = eventOf(reach().sayBytes(tag, new Uint8Array(200)), 'closeTransport')
      expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_TAG' })
    })

    test.each(welcome.length > 0 ? OF_OPEN_SESSIONS : [])('is done with %s', (what) => {
      const peer = reach()
      const stamp = { seconds: 1, nanoseconds: 0 }
      const events = peer.write((writer) => {
        if (what === 'a message') writer.writeMessage(Note.of(1), 1, 0)
        else if (what === 'an ack') writer.writeAck(1)
        else if (what === 'a keepalive') writer.writeKeepalive2(stamp)
        else writer.writeKeepalive2Ack(stamp)
      })
      const { error } = eventOf(events, 'closeTransport')
      expect(error).toMatchObject({ code: 'ERR_MSGR_BAD_TAG', message: expect.stringContaining('handshake') as string })
      expect(events.map(({ kind }) => kind)).not.toContain('messageArriving')
      expect(peer.session.keepalives).toMatchObject({ lastReceivedMs: undefined, lastAnsweredMs: undefined })
    })
  })
})
