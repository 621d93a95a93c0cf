import { unavailableReason } from '@msgr/posix'
import { EpollDriver } from './epoll-driver.ts'
import { UnknownEventDriverError } from './errors.ts'
import { type EventDriver } from './event-driver.ts'
import { SelectDriver } from './select-driver.ts'

/** The drivers there are. kqueue belongs between the two. */
export type EventDriverName = 'epoll' | 'select'

/** Options of `createEventDriver`. */
export interface EventDriverOptions {
  /** Which driver; if absent, the best one that the system has. */
  readonly driver?: EventDriverName
}

const driverNames: readonly EventDriverName[] = ['epoll', 'select']

/**
 * Makes the driver that is asked for, or else the best one there is: epoll on Linux, select elsewhere.
 *
 * @throws PosixUnavailableError (`ERR_POSIX_UNAVAILABLE`) where `@msgr/posix` does not work, whose message says what
 * does; PosixError if the process has no descriptor left; UnknownEventDriverError.
 *
 * Ceph: src/msg/async/Event.cc, EventCenter::init.
 */
export function createEventDriver(options: EventDriverOptions = {}): EventDriver {
  const name = options.driver ?? preferredDriver(process.platform)
  if (!driverNames.includes(name)) throw new UnknownEventDriverError(name, driverNames)
  // SelectDriver touches the shim only when it waits, which is too late to hear that there is none.
  const reason = unavailableReason()
  if (reason !== undefined) throw reason
  return name === 'epoll' ? new EpollDriver() : new SelectDriver()
}

/** The best driver of a platform: where a row for kqueue goes. */
export function preferredDriver(platform: NodeJS.Platform): EventDriverName {
  return platform === 'linux' ? 'epoll' : 'select'
}
