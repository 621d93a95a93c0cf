import { expect, test } from 'vitest'
import { ConnectionMode } from '../../src/wire-v2/connection-mode.ts'
import { FrameTag } from '../../src/wire-v2/frame-tag.ts'

test('tags have the numbers of the protocol', () => {
  const names = Object.entries(FrameTag).sort(([, a], [, b]) => a - b)
  expect(names.map(([name, tag]) => `${tag} ${name}`)).toEqual([
    '1 hello',
    '2 authRequest',
    '3 authBadMethod',
    '4 authReplyMore',
    '5 authRequestMore',
    '6 authDone',
    '7 authSignature',
    '8 clientIdent',
    '9 serverIdent',
    '10 identMissingFeatures',
    '11 sessionReconnect',
    '12 sessionReset',
    '13 sessionRetry',
    '14 sessionRetryGlobal',
    '15 sessionReconnectOk',
    '16 wait',
    '17 message',
    '18 keepalive2',
    '19 keepalive2Ack',
    '20 ack',
  ])
})

test('modes have the numbers of the protocol', () => {
  expect(ConnectionMode).toEqual({ crc: 1, secure: 2 })
})
