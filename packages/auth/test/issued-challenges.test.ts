import { describe, expect, test } from 'vitest'
import { ConnectionChallenge, SharedChallenges } from '../src/issued-challenges.ts'

describe('challenges', () => {
  test('of a connection: one, answered as often as need be', () => {
    const challenges = new ConnectionChallenge()
    expect(challenges.accepts(1n)).toBe(false)
    expect(challenges.add(1n)).toBe(true)
    expect(challenges.add(2n)).toBe(false)
    expect([challenges.accepts(2n), challenges.accepts(1n), challenges.accepts(1n)]).toEqual([false, true, true])
  })

  test('of all connections: as many as there is room for, each answered once', () => {
    const challenges = new SharedChallenges(2)
    for (const challenge of [1n, 2n, 3n]) expect(challenges.add(challenge)).toBe(true)
    expect([1n, 2n, 2n, 3n].map((challenge) => challenges.accepts(challenge))).toEqual([false, true, false, true])
  })
})
