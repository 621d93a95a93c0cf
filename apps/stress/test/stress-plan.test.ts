import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makePlan } from '../src/make-plan.ts'
import { numbersOf } from '../src/role.ts'
import { endsOf, mayLose, nameOf, shareOf, streamOf } from '../src/stress-plan.ts'

const request = {
  messenger: { type: 'simple', driver: 'epoll', workers: 1, opThreads: 0, wire: 'v1' },
  seed: 1,
  inFlight: 1,
  processes: 4,
} as const

test('a stream has a number that tells its ends', () => {
  const plan = makePlan({ ...request, preset: 'inject' })
  fc.assert(
    fc.property(fc.nat(31), fc.nat(7), (client, server) => {
      expect(endsOf(plan, streamOf(plan, client, server))).toEqual({ client, server })
    }),
  )
  expect(nameOf(plan, streamOf(plan, 3, 1))).toBe('client.3 with osd.1')
})

test('shares add up, and are as even as can be; and every number has one process', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 20 }), (total, count) => {
      const shares = Array.from({ length: count }, (_, index) => shareOf(total, index, count))
      expect(shares.reduce((a, b) => a + b)).toBe(total)
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
      const numbers = shares.flatMap((_, index) => numbersOf(total, index, count))
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, number) => number))
    }),
  )
})

test('only where connections are dropped, or nothing is promised, may something be lost', () => {
  const may = (preset: 'plain' | 'inject' | 'inject4', policy?: 'lossyClient'): boolean =>
    mayLose(makePlan({ ...request, preset, ...(policy === undefined ? {} : { policy }) }))
  expect([may('plain'), may('inject4'), may('inject'), may('plain', 'lossyClient')]).toEqual([false, false, true, true])
})
