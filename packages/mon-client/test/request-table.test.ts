import { expect, test } from 'vitest'
import { RequestTable } from '../src/request-table.ts'
import { VirtualTimers } from './virtual-timers.ts'

const nothing = (): void => undefined

test('an answer goes to who asked, once', async () => {
  const table = new RequestTable<string, number>(new VirtualTimers())
  const asked: string[] = []
  const one = table.wait(1n, 'one', () => asked.push('one'), {})
  const two = table.wait(2n, 'two', () => asked.push('two'), {})
  expect([asked, table.questions]).toEqual([
    ['one', 'two'],
    ['one', 'two'],
  ])
  expect([table.answer(2n, 22), table.answer(2n, 23), table.answer(9n, 9)]).toEqual([true, false, false])
  expect([await two, table.questions]).toEqual([22, ['one']])
  table.answer(1n, 11)
  expect(await one).toBe(11)
})

test('a timeout ends the wait, and names itself as that of an AbortSignal does', async () => {
  const timers = new VirtualTimers()
  const table = new RequestTable<string, number>(timers, () => 'a sign')
  const wait = table.wait(1n, 'one', nothing, { timeoutMs: 100 })
  timers.advance(99)
  expect(table.questions).toHaveLength(1)
  timers.advance(1)
  await expect(wait).rejects.toMatchObject({
    name: 'TimeoutError',
    message: 'expected a sign within 100 ms, got none',
  })
  expect([table.questions, table.answer(1n, 1), timers.nextInMs]).toEqual([[], false, undefined])
})

test('a signal ends the wait with its reason', async () => {
  const table = new RequestTable<string, number>(new VirtualTimers())
  const controller = new AbortController()
  const wait = table.wait(1n, 'one', nothing, { signal: controller.signal })
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(wait).rejects.toBe(reason)
  let asked = false
  const late = table.wait(2n, 'two', () => (asked = true), { signal: controller.signal, timeoutMs: 5 })
  await expect(late).rejects.toBe(reason)
  expect([asked, table.questions]).toEqual([false, []])
})

test('an end leaves nothing behind', async () => {
  const timers = new VirtualTimers()
  const table = new RequestTable<string, number>(timers)
  const { signal } = new AbortController()
  const waits = [1n, 2n, 3n].map((id) => table.wait(id, 'x', nothing, { signal, timeoutMs: 5 }))
  table.answer(1n, 1)
  table.reject(2n, new Error('two'))
  table.rejectAll(new Error('all'))
  const outcomes = await Promise.allSettled(waits)
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason)))).toEqual([
    1,
    'Error: two',
    'Error: all',
  ])
  expect([timers.nextInMs, table.questions]).toEqual([undefined, []])
})
