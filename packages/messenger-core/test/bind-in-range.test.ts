import { EntityAddr } from '@msgr/message'
import { expect, test } from 'vitest'
import { bindInRange, type Listener } from '../src/bind-in-range.ts'
import { resolveMessengerOptions } from '../src/messenger-options.ts'
import { ManualTimers } from './manual-timers.ts'

const OPTIONS = resolveMessengerOptions({ bindPortMin: 10, bindPortMax: 13, bindRetryCount: 3, bindRetryDelayMs: 500 })

function listenUnless(taken: ReadonlySet<number>, tried: number[]): (addr: EntityAddr) => Promise<Listener> {
  return (addr) => {
    tried.push(addr.port)
    if (taken.has(addr.port)) return Promise.reject(new Error('EADDRINUSE'))
    return Promise.resolve({ addr, start: () => undefined, close: () => Promise.resolve() })
  }
}

/** Lets every promise that can settle do so, and time pass in between. */
async function run(timers: ManualTimers): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    timers.advance(500)
  }
}

test('the first free port of the range is taken, and those to avoid are not tried', async () => {
  const tried: number[] = []
  const how = { options: OPTIONS, timers: new ManualTimers(), avoidPorts: new Set([10, 12]) }
  const listener = await bindInRange(EntityAddr.parse('v1:1.2.3.4:0'), how, listenUnless(new Set([11]), tried))
  expect(tried).toEqual([11, 13])
  expect(listener.addr.port).toBe(13)
})

test('a port that was asked for is tried again after a while, and then given up with the cause', async () => {
  const tried: number[] = []
  const timers = new ManualTimers()
  const how = { options: OPTIONS, timers, avoidPorts: new Set<number>() }
  const bound = bindInRange(EntityAddr.parse('v1:1.2.3.4:99'), how, listenUnless(new Set([99]), tried))
  const failed = expect(bound).rejects.toMatchObject({
    code: 'ERR_MSGR_BIND',
    message: 'cannot listen at v1:1.2.3.4:99/0: EADDRINUSE',
    cause: new Error('EADDRINUSE'),
  })
  await run(timers)
  await failed
  expect(tried).toEqual([99, 99, 99])
})

test('a range without a free port is searched as often as the options say', async () => {
  const tried: number[] = []
  const timers = new ManualTimers()
  const how = { options: OPTIONS, timers, avoidPorts: new Set([13]) }
  const bound = bindInRange(EntityAddr.parse('v1:1.2.3.4:0'), how, listenUnless(new Set([10, 11, 12]), tried))
  const failed = expect(bound).rejects.toThrow('cannot listen at 1.2.3.4 on any port from 10 to 13: EADDRINUSE')
  await run(timers)
  await failed
  expect(tried).toEqual([10, 11, 12, 10, 11, 12, 10, 11, 12])
})

test('a range that is to be avoided altogether says so', async () => {
  const timers = new ManualTimers()
  const how = { options: OPTIONS, timers, avoidPorts: new Set([10, 11, 12, 13]) }
  const bound = bindInRange(EntityAddr.parse('v1:1.2.3.4:0'), how, () => expect.unreachable())
  const failed = expect(bound).rejects.toThrow('every port is to be avoided')
  await run(timers)
  await failed
})
