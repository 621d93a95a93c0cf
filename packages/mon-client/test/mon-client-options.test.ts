import { expect, test } from 'vitest'
import { monClientOptionsFromCephConf, resolveMonClientOptions } from '../src/mon-client-options.ts'

test('the defaults are those of Ceph', () => {
  expect(resolveMonClientOptions({})).toEqual({
    huntParallel: 3,
    huntIntervalMs: 3000,
    huntIntervalBackoff: 1.5,
    huntIntervalMinMultiple: 1,
    huntIntervalMaxMultiple: 10,
    pingIntervalMs: 10_000,
    pingTimeoutMs: 30_000,
  })
})

test('options of a conf file are turned into ours', () => {
  const conf = { mon_client_hunt_interval: '0.5', mon_client_hunt_parallel: '0', mon_host: 'x' }
  expect(monClientOptionsFromCephConf(conf)).toEqual({ huntIntervalMs: 500, huntParallel: 0 })
})

test.each([
  [{ huntIntervalMs: 0 }, 'option huntIntervalMs: expected a number of at least 1, got 0'],
  [{ huntParallel: -1 }, 'option huntParallel: expected a number of at least 0, got -1'],
  [{ pingTimeoutMs: Number.NaN }, 'option pingTimeoutMs: expected a number of at least 1, got NaN'],
])('%j is refused', (options, message) => {
  expect(() => resolveMonClientOptions(options)).toThrow(
    expect.objectContaining({ code: 'ERR_MSGR_MON_OPTION', message }),
  )
})

test('a value of a conf file that is none is refused', () => {
  expect(() => monClientOptionsFromCephConf({ mon_client_ping_timeout: 'soon' })).toThrow(/pingTimeoutMs: .* got NaN/)
})
