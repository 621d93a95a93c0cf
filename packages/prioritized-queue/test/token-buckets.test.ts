import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TokenBuckets } from '../src/token-buckets.ts'

const UINT32_MAX = 2 ** 32 - 1

function filled(maxTokens: number, ...priorities: number[]): TokenBuckets {
  const buckets = new TokenBuckets(maxTokens)
  for (const priority of priorities) buckets.insert(buckets.indexOf(priority), priority, 0)
  return buckets
}

function tokens(buckets: TokenBuckets): number[] {
  return Array.from({ length: buckets.count }, (_, i) => buckets.tokensAt(i))
}

describe('TokenBuckets', () => {
  // The ranges meet where floating point hands over to big integers, and where quotients are whole numbers.
  test('a share is floor(priority * cost / total) + 1, exactly, for all 32-bit numbers', () => {
    const anyPriority = fc.oneof(fc.nat(255), fc.nat(UINT32_MAX), fc.integer({ min: UINT32_MAX - 9, max: UINT32_MAX }))
    const anyCost = fc.oneof(
      fc.nat(300),
      fc.nat(2 ** 24),
      fc.nat(UINT32_MAX),
      fc.constantFrom(2 ** 18, 2 ** 25, 2 ** 32 - 1),
    )
    fc.assert(
      fc.property(fc.uniqueArray(anyPriority, { minLength: 1, maxLength: 12 }), anyCost, (priorities, cost) => {
        fc.pre(priorities.some((priority) => priority > 0))
        const buckets = filled(UINT32_MAX, ...priorities)
        buckets.distribute(cost)
        const ascending = priorities.toSorted((a, b) => a - b).map(BigInt)
        const total = ascending.reduce((sum, priority) => sum + priority)
        const shares = ascending.map((priority) => (priority * BigInt(cost)) / total + 1n)
        expect(tokens(buckets)).toEqual(shares.map((share) => Math.min(Number(share), UINT32_MAX)))
      }),
      { numRuns: 2000 },
    )
  })

  test('the lowest priority with more tokens than its item costs is eligible', () => {
    const buckets = filled(100, 1, 3)
    buckets.distribute(20)
    expect(tokens(buckets)).toEqual([6, 16])
    expect(buckets.findEligible()).toBe(0)
    buckets.setFrontCost(0, 6)
    expect(buckets.findEligible()).toBe(1)
    buckets.setFrontCost(1, 16)
    expect(buckets.findEligible()).toBe(-1)
    buckets.setFrontCost(1, 15)
    expect(buckets.findEligible()).toBe(1)
  })

  test('tokens go down to 0 and up to the maximum', () => {
    const buckets = filled(10, 1)
    buckets.distribute(7)
    expect(tokens(buckets)).toEqual([8])
    buckets.take(0, 3)
    expect(tokens(buckets)).toEqual([5])
    buckets.take(0, 5)
    expect(tokens(buckets)).toEqual([0])
    buckets.distribute(7)
    buckets.take(0, 9)
    expect(tokens(buckets)).toEqual([0])
    for (let i = 0; i < 2; i++) buckets.distribute(7)
    expect(tokens(buckets)).toEqual([10])
  })

  test('priority 0 alone gets nothing', () => {
    const buckets = filled(10, 0)
    buckets.distribute(7)
    expect(tokens(buckets)).toEqual([0])
  })

  test('a bucket keeps its tokens when others come and go around it', () => {
    const buckets = filled(1000, 50)
    buckets.distribute(100)
    for (let priority = 40; priority < 60; priority++) {
      if (priority !== 50) buckets.insert(buckets.indexOf(priority), priority, 0)
    }
    expect(buckets.totalPriority).toBe(20 * 49.5)
    expect(tokens(buckets)).toEqual(Array.from({ length: 20 }, (_, i) => (i === 10 ? 101 : 0)))
    for (let priority = 40; priority < 60; priority += 3) buckets.remove(buckets.indexOf(priority))
    expect(buckets.count).toBe(13)
    expect(buckets.indexOf(50)).toBe(6)
    expect(tokens(buckets)).toEqual(Array.from({ length: 13 }, (_, i) => (i === 6 ? 101 : 0)))
  })

  test('a priority is found where it is, or where it belongs', () => {
    const buckets = filled(10, 5, 300, 7)
    expect([0, 1, 2].map((index) => buckets.priorityAt(index))).toEqual([5, 7, 300])
    expect([4, 5, 6, 7, 300, 301].map((priority) => buckets.indexOf(priority))).toEqual([0, 0, 1, 1, 2, 3])
  })
})
