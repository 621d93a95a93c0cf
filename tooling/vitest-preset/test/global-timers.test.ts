import { expect, test, vi } from 'vitest'
import { rememberTimers } from '../global-timers.ts'

test('what replaces a timer or a clock is found and taken out again', () => {
  const { setTimeout: own, Date: OwnDate } = globalThis
  const putBack = rememberTimers()
  expect(putBack()).toEqual([])
  vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] })
  expect(putBack()).toEqual(['setTimeout', 'Date'])
  expect(globalThis.setTimeout).toBe(own)
  expect(globalThis.Date).toBe(OwnDate)
  expect(putBack()).toEqual([])
})
