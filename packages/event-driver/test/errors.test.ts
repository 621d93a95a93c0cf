import { expect, test } from 'vitest'
import * as eventDriver from '../src/index.ts'

test.each([
  [
    new eventDriver.FdOutOfRangeError(-3, 10),
    'ERR_MSGR_FD_OUT_OF_RANGE',
    'file descriptor: expected an integer from 0 to 9, got -3',
    { fd: -3, limit: 10 },
  ],
  [
    new eventDriver.BadEventMaskError(7),
    'ERR_MSGR_BAD_EVENT_MASK',
    'event mask: expected EVENT_READABLE (1), EVENT_WRITABLE (2) or both (3), got 7',
    { mask: 7 },
  ],
  [
    new eventDriver.BadDurationError('delayMs', 'a finite number of milliseconds', NaN),
    'ERR_MSGR_BAD_DURATION',
    'delayMs: expected a finite number of milliseconds, got NaN',
    { argument: 'delayMs', durationMs: NaN },
  ],
  [
    new eventDriver.BadEventCenterOptionError('capacity', 'an integer from 1 to 9', 0),
    'ERR_MSGR_BAD_EVENT_CENTER_OPTION',
    'capacity: expected an integer from 1 to 9, got 0',
    { option: 'capacity', value: 0 },
  ],
  [
    new eventDriver.UnknownEventDriverError('poll', ['epoll', 'select']),
    'ERR_MSGR_UNKNOWN_EVENT_DRIVER',
    "event driver: expected 'epoll' or 'select', got 'poll'",
    { driver: 'poll' },
  ],
  [
    new eventDriver.UnknownEventDriverError('kqueue', ['epoll', 'select'], 'linux'),
    'ERR_MSGR_UNKNOWN_EVENT_DRIVER',
    "event driver on linux: expected 'epoll' or 'select', got 'kqueue'",
    { driver: 'kqueue', platform: 'linux' },
  ],
  [
    new eventDriver.EventCenterClosedError('createTimeEvent'),
    'ERR_MSGR_EVENT_CENTER_CLOSED',
    'createTimeEvent: expected an open event center, got one that has been closed',
    { method: 'createTimeEvent' },
  ],
  [
    new eventDriver.EventCenterReentryError(),
    'ERR_MSGR_EVENT_CENTER_REENTRY',
    'processEvents: expected to be called from outside, got a call from inside one of its callbacks',
    {},
  ],
  [
    new eventDriver.EndlessExternalEventsError(5, 2),
    'ERR_MSGR_ENDLESS_EXTERNAL_EVENTS',
    'close: expected the external events to end within 5 passes, got 2 more and dropped them',
    { passCount: 5, droppedCount: 2 },
  ],
  [
    new eventDriver.EventCallbacksError(['a', 'b']),
    'ERR_MSGR_EVENT_CALLBACKS',
    'event callbacks: expected none to throw, got 2 that did',
    { errors: ['a', 'b'] },
  ],
])('%s has a code, its own name, what was expected and what came', (error, code, message, fields) => {
  expect(error).toMatchObject({ code, message, name: error.constructor.name, ...fields })
})

test('every error that is exported is in the table above', () => {
  const classes = Object.values(eventDriver).filter(
    (value) => typeof value === 'function' && value.prototype instanceof Error,
  )
  expect(classes).toHaveLength(9)
})
