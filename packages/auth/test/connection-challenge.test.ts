import { expect, test } from 'vitest'
import { ConnectionChallenge } from '../src/connection-challenge.ts'

test('a connection gets one challenge, to be answered as often as need be', () => {
  const challenge = new ConnectionChallenge()
  expect(challenge.accepts(1n)).toBe(false)
  expect(challenge.add(1n)).toBe(true)
  expect(challenge.add(2n)).toBe(false)
  expect([challenge.accepts(2n), challenge.accepts(1n), challenge.accepts(1n)]).toEqual([false, true, true])
})
