import { expect, test } from 'vitest'
import { messengerOptionTable, optionsFromCephConf, resolveMessengerOptions } from '../src/messenger-options.ts'

test('every default passes its own check', () => {
  const resolved = resolveMessengerOptions()
  expect(Object.keys(resolved)).toEqual(Object.keys(messengerOptionTable))
  expect(resolveMessengerOptions({ ...resolved })).toEqual(resolved)
})

test('what is given overrides the default, and undefined does not', () => {
  const resolved = resolveMessengerOptions({ maxBackoffMs: 7, initialBackoffMs: undefined })
  expect(resolved.maxBackoffMs).toBe(7)
  expect(resolved.initialBackoffMs).toBe(200)
})

test.each([
  [{ maxBackofMs: 1 }, 'there is no option "maxBackofMs"'],
  [{ toString: 1 }, 'there is no option "toString"'],
  [{ maxBackoffMs: '5' }, 'option maxBackoffMs: expected a number of at least 1, got "5"'],
  [{ injectDelayProbability: 1.5 }, 'option injectDelayProbability: expected a number from 0 to 1, got 1.5'],
  [{ tcpRcvbuf: 1.5 }, 'option tcpRcvbuf: expected an integer from 0 to 2147483647, got 1.5'],
  [{ crcData: 1 }, 'option crcData: expected true or false, got 1'],
  [{ injectDelayType: 4 }, 'option injectDelayType: expected a string, got 4'],
])('%j is refused with a word', (given, text) => {
  expect(() => resolveMessengerOptions(given)).toThrow(text)
  expect(() => resolveMessengerOptions(given)).toThrow(expect.objectContaining({ code: 'ERR_MSGR_OPTION' }))
})

test("Ceph's names and units become ours, and other options of Ceph are passed over", () => {
  const conf = {
    ms_initial_backoff: '0.2',
    ms_max_backoff: ' 15 ',
    ms_tcp_nodelay: 'no',
    ms_dispatch_throttle_bytes: '1048576',
    ms_inject_delay_type: 'osd mon',
    osd_heartbeat_grace: '20',
  }
  expect(optionsFromCephConf(conf)).toEqual({
    initialBackoffMs: 200,
    maxBackoffMs: 15_000,
    tcpNodelay: false,
    dispatchThrottleBytes: 1_048_576,
    injectDelayType: 'osd mon',
  })
})

test.each([
  [{ ms_tcp_nodelay: 'perhaps' }, 'expected true or false, got "perhaps"'],
  [{ ms_max_backoff: 'soon' }, 'ms_max_backoff: expected a number of at least 1 for maxBackoffMs, got "soon"'],
])('%j of a conf file is refused with a word', (conf, text) => {
  expect(() => optionsFromCephConf(conf as Record<string, string>)).toThrow(text)
})

test('no two options have the same name in Ceph', () => {
  const names = Object.values(messengerOptionTable).flatMap(({ ceph }) => (ceph === undefined ? [] : [ceph]))
  expect(new Set(names).size).toBe(names.length)
})
