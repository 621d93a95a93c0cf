import { MessengerError, nodeTimers, type MessengerOptions } from '@msgr/messenger-core'
import { getThreadAffinity } from '@msgr/posix'
import { expect, test } from 'vitest'
import { checkThreadSettings } from '../../src/threads/check-thread-settings.ts'

function options(opThreads: number, affinityCores: readonly number[] = []): MessengerOptions {
  return { opThreads, affinityCores } as MessengerOptions
}

function refusalOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof MessengerError && error.code === 'ERR_MSGR_OPTION') return error.message
    throw error
  }
  throw new Error('expected a refusal, got none')
}

test('without threads there is nothing to set, and what is for threads is refused', () => {
  expect(checkThreadSettings(options(0), {}, { timers: nodeTimers, workers: 3 })).toBeUndefined()
  expect(refusalOf(() => checkThreadSettings(options(0), { fastDispatcher: 'file:///a.js' }, {}))).toBe(
    'fastDispatcher: expected opThreads of 1 or more with it, got 0',
  )
  expect(refusalOf(() => checkThreadSettings(options(0, [0]), {}, {}))).toBe(
    'affinityCores: expected opThreads of 1 or more with them, got 0',
  )
})

test('with threads, timers and a count of workers are refused', () => {
  expect(refusalOf(() => checkThreadSettings(options(2), {}, { timers: nodeTimers }))).toBe(
    'timers: expected none with opThreads, as threads have their own',
  )
  expect(refusalOf(() => checkThreadSettings(options(2), {}, { workers: 2 }))).toBe(
    'workers: expected none with opThreads, which is how many there are',
  )
})

test('cores that do not exist are refused by number', () => {
  const present = getThreadAffinity()
  const missing = [1023, 1022].filter((core) => !present.includes(core))
  expect(missing).not.toEqual([])
  expect(refusalOf(() => checkThreadSettings(options(1, [...present, ...missing]), {}, {}))).toBe(
    `affinityCores: expected cores of ${present.join(', ')}, got ${missing.join(', ')}`,
  )
})

test('what goes together is what the threads are started with', () => {
  const cores = getThreadAffinity()
  const data = { answer: 42 }
  const asked = { fastDispatcher: new URL('file:///fast.js'), fastDispatcherData: data }
  expect(checkThreadSettings(options(3, cores), asked, {})).toEqual({
    opThreads: 3,
    affinityCores: cores,
    fastDispatcher: { module: 'file:///fast.js', data },
  })
  expect(checkThreadSettings(options(1), {}, {})).toEqual({
    opThreads: 1,
    affinityCores: [],
    fastDispatcher: undefined,
  })
})
