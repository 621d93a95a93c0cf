export { createEventDriver, type EventDriverName, type EventDriverOptions } from './create-event-driver.ts'
export { EpollDriver } from './epoll-driver.ts'
export {
  BadDurationError,
  BadEventCenterOptionError,
  BadEventMaskError,
  EndlessExternalEventsError,
  EventCallbacksError,
  EventCenterClosedError,
  EventCenterReentryError,
  FdOutOfRangeError,
  UnknownEventDriverError,
} from './errors.ts'
export { type EventCallback } from './event-callback.ts'
export { EventCenter, type EventCenterOptions } from './event-center.ts'
export { EVENT_NONE, EVENT_READABLE, EVENT_WRITABLE, type EventDriver } from './event-driver.ts'
export { KqueueDriver, type KqueueCalls } from './kqueue-driver.ts'
export { SelectDriver } from './select-driver.ts'
export { signalWakeup } from './wakeup-fd.ts'
