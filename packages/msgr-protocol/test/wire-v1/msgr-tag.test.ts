import { expect, test } from 'vitest'
import { MsgrTag } from '../../src/index.ts'

test('tags have the numbers of the protocol', () => {
  const names = Object.entries(MsgrTag).sort(([, a], [, b]) => a - b)
  expect(names.map(([name, tag]) => `${tag} ${name}`)).toEqual([
    '1 ready',
    '2 resetSession',
    '3 wait',
    '4 retrySession',
    '5 retryGlobal',
    '6 close',
    '7 msg',
    '8 ack',
    '9 keepalive',
    '10 badProtoVer',
    '11 badAuthorizer',
    '12 features',
    '13 seq',
    '14 keepalive2',
    '15 keepalive2Ack',
    '16 challengeAuthorizer',
  ])
})
