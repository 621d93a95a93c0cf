import { expect, test } from 'vitest'
import { PeerClock, PeerClocks } from '../src/peer-clock.ts'

test('a ping bounds the difference of the clocks from below, and its answer tells the peer', () => {
  const clock = new PeerClock()
  expect(clock.deltaUbToSend).toBeUndefined()
  expect(clock.gotPing(3, 1_000n, undefined, 400n)).toBe(-600n)
  expect([clock.lower, clock.upper]).toEqual([600n, undefined])
  expect(clock.deltaUbToSend).toBe(-600n)
})

// The answer could not be written, which a peer could bring about at will. Seen while following up what fuzzing found.
test('a clock that differs by more than a message has room for is told the most there is', () => {
  const clock = new PeerClock()
  const most = (2n ** 31n - 1n) * 10n ** 9n
  expect(clock.gotPing(1, -(2n ** 31n) * 10n ** 9n - 2n ** 31n, undefined, 10n ** 15n)).toBe(most)
  expect(clock.deltaUbToSend).toBe(most)
  expect(clock.gotPing(1, most + 2n ** 31n, undefined, 0n)).toBe(-most)
  expect(clock.deltaUbToSend).toBe(-most)
})

test('an answer bounds it from both sides', () => {
  const clock = new PeerClock()
  clock.gotPingReply(1_000n, 700n, 450n)
  expect([clock.lower, clock.upper]).toEqual([550n, 700n])
})

test('a ping of an earlier life changes nothing and is told no difference', () => {
  const clock = new PeerClock()
  clock.gotPing(7, 1_000n, 5n, 400n)
  expect(clock.gotPing(6, 9_000n, 8n, 500n)).toBe(0n)
  expect([clock.lower, clock.upper]).toEqual([600n, 5n])
  expect(clock.gotPing(8, 9_000n, 8n, 500n)).toBe(-8_500n)
})

test('of peers without number only so many are remembered, those heard of last', () => {
  const clocks = new PeerClocks(2)
  const [first, second] = [clocks.of(1), clocks.of(2)]
  expect(clocks.of(1)).toBe(first)
  clocks.of(3)
  expect(clocks.size).toBe(2)
  expect(clocks.of(1)).toBe(first)
  expect(clocks.of(2)).not.toBe(second)
})
