import { EntityType } from '@msgr/message'
import { expect, test } from 'vitest'
import { FaultInjector } from '../src/fault-injector.ts'
import { resolveMessengerOptions, type MessengerOptions } from '../src/messenger-options.ts'

function injector(options: Partial<MessengerOptions>): FaultInjector {
  return new FaultInjector(resolveMessengerOptions({ ...options }))
}

function roll(count: number, once: () => boolean): boolean[] {
  return Array.from({ length: count }, once)
}

test('without options nothing is cut, delayed or held up', () => {
  const none = injector({})
  expect(roll(1000, () => none.cutsSocket())).not.toContain(true)
  expect(none.delaysPeer(EntityType.osd)).toBe(false)
  expect(none.messageDelayMs()).toBe(0)
  expect(none.internalDelayMs()).toBe(0)
})

test('the same seed gives the same faults, another seed others', () => {
  const cuts = (injectSeed: number): boolean[] => {
    const dice = injector({ injectSocketFailures: 5, injectSeed })
    return roll(200, () => dice.cutsSocket())
  }
  expect(cuts(7)).toEqual(cuts(7))
  expect(cuts(7)).not.toEqual(cuts(8))
})

test('about one in as many as the option says is cut', () => {
  const dice = injector({ injectSocketFailures: 10, injectSeed: 3 })
  const count = roll(10_000, () => dice.cutsSocket()).filter(Boolean).length
  expect(count).toBeGreaterThan(900)
  expect(count).toBeLessThan(1100)
})

test('types of peers are named as in Ceph', () => {
  const dice = injector({ injectDelayType: 'osd, client' })
  expect(dice.delaysPeer(EntityType.osd)).toBe(true)
  expect(dice.delaysPeer(EntityType.client)).toBe(true)
  expect(dice.delaysPeer(EntityType.mon)).toBe(false)
})

test('delays stay below their limit', () => {
  const dice = injector({ injectDelayProbability: 1, injectDelayMaxMs: 5, injectInternalDelaysMs: 3 })
  for (let i = 0; i < 1000; i++) {
    expect(dice.messageDelayMs()).toBeLessThan(5)
    expect(dice.internalDelayMs()).toBeLessThan(3)
  }
})
