import { unavailableReason } from '@msgr/posix'
import { EpollDriver } from './epoll-driver.ts'
import { UnknownEventDriverError } from './errors.ts'
import { type EventDriver } from './event-driver.ts'
import { KqueueDriver } from './kqueue-driver.ts'
import { SelectDriver } from './select-driver.ts'

/** The drivers there are, the best first. No system has both of the first two. */
export type EventDriverName = 'epoll' | 'kqueue' | 'select'

/** Options of `createEventDriver`. */
export interface EventDriverOptions {
  /** Which driver; if absent, the best one that the system has. */
  readonly driver?: EventDriverName
}

const ALL: readonly EventDriverName[] = ['epoll', 'kqueue', 'select']

/** By `process.platform`. Systems that are not here have neither. */
const BEST: Readonly<Record<string, EventDriverName>> = {
  linux: 'epoll',
  darwin: 'kqueue',
  freebsd: 'kqueue',
  netbsd: 'kqueue',
  openbsd: 'kqueue',
  dragonfly: 'kqueue',
}

/**
 * Makes the driver that is asked for, or else the best one there is: epoll on Linux, kqueue on macOS and the BSDs,
 * select elsewhere.
 *
 * @throws PosixUnavailableError (`ERR_POSIX_UNAVAILABLE`) where `@msgr/posix` does not work, whose message says what
 * does; PosixError if the process has no descriptor left; UnknownEventDriverError for a name that no driver has, or none
 * of this system.
 *
 * Ceph: src/msg/async/Event.cc, EventCenter::init.
 */
export function createEventDriver(options: EventDriverOptions = {}): EventDriver {
  const { platform } = process
  const name = options.driver ?? preferredDriver(platform)
  if (!ALL.includes(name)) throw new UnknownEventDriverError(name, ALL)
  // SelectDriver touches the shim only when it waits, which is too late to hear that there is none.
  const reason = unavailableReason(name === 'epoll' ? 'everything' : 'descriptors')
  if (reason !== undefined) throw reason
  const ofPlatform = driversOf(platform)
  if (!ofPlatform.includes(name)) throw new UnknownEventDriverError(name, ofPlatform, platform)
  if (name === 'select') return new SelectDriver()
  return name === 'epoll' ? new EpollDriver() : new KqueueDriver()
}

/** The best driver of a platform. */
export function preferredDriver(platform: NodeJS.Platform): EventDriverName {
  return BEST[platform] ?? 'select'
}

/** The drivers that a platform has, the best first. */
function driversOf(platform: NodeJS.Platform): readonly EventDriverName[] {
  const best = preferredDriver(platform)
  return best === 'select' ? ['select'] : [best, 'select']
}
