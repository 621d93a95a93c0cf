import {
  createEventDriver,
  EVENT_READABLE,
  EVENT_WRITABLE,
  EventCenter,
  type EventDriverName,
} from '@msgr/event-driver'
import { close, EPOLL_CTL_ADD, EPOLLIN, EPOLLOUT, epollCreate, epollCtl, epollWait, eventfd } from '@msgr/posix'
import type { Contest, ContestCase, Contestant } from './contest.ts'
import { needShim } from './need-shim.ts'

const TIMER_COUNT = 10_000
const TIMER_DELAY_MS = 60_000

/** Eventfds that nobody writes to: such a one is always writable and never readable, whatever it is watched for. */
function openFds(count: number): readonly number[] {
  return Array.from({ length: count }, () => eventfd())
}

/**
 * Passes of an EventCenter until each of its ready descriptors, the last ones, was reported once: what a wake-up costs.
 * epoll's driver reports at most 64 in a pass, and takes turns among them; so many are ready here that it comes out even.
 */
function center(driver: EventDriverName, watched: number, ready: number): Contestant {
  needShim()
  const watching = new EventCenter(createEventDriver({ driver }))
  const ignore = (): void => undefined
  const fds = openFds(watched)
  fds.forEach((fd, index) => {
    watching.createFileEvent(fd, index >= watched - ready ? EVENT_WRITABLE : EVENT_READABLE, ignore)
  })
  const operate = (): number => {
    let reported = 0
    do reported += watching.processEvents(0)
    while (reported < ready)
    return reported
  }
  const closeAll = (): void => {
    watching.close()
    for (const fd of fds) close(fd)
  }
  return { operate, prove: () => ({ ready: operate() }), close: closeAll }
}

/** The system call alone, as the shim has it: the least that a pass can cost. */
function bareEpollWait(watched: number, ready: number): Contestant {
  needShim()
  const epoll = epollCreate()
  const fds = openFds(watched)
  fds.forEach((fd, index) => {
    epollCtl(epoll, EPOLL_CTL_ADD, fd, index >= watched - ready ? EPOLLOUT : EPOLLIN)
  })
  const fired = new Int32Array(2 * watched)
  const operate = (): number => epollWait(epoll, fired, 0)
  const closeAll = (): void => {
    for (const fd of [epoll, ...fds]) close(fd)
  }
  return { operate, prove: () => ({ ready: operate() }), close: closeAll }
}

function passCase(watched: number, ready: number): ContestCase {
  return {
    name: `${watched}-watched-${ready}-ready`,
    subjects: {
      epoll: () => center('epoll', watched, ready),
      select: () => center('select', watched, ready),
      'bare-epoll_wait': () => bareEpollWait(watched, ready),
    },
  }
}

/** What a connection does with its keepalive deadline at each message: most timers never run. */
const timerCase: ContestCase = {
  name: `timer-among-${TIMER_COUNT}`,
  subjects: {
    epoll: () => {
      needShim()
      const timing = new EventCenter(createEventDriver())
      const ignore = (): void => undefined
      for (let index = 0; index < TIMER_COUNT; index++) timing.createTimeEvent(TIMER_DELAY_MS + index, ignore)
      const operate = (): void => timing.deleteTimeEvent(timing.createTimeEvent(TIMER_DELAY_MS, ignore))
      return { operate, prove: () => ({}), close: () => timing.close() }
    },
    'node-timers': () => {
      const ignore = (): void => undefined
      const timers = Array.from({ length: TIMER_COUNT }, (_, index) => setTimeout(ignore, TIMER_DELAY_MS + index))
      const operate = (): void => clearTimeout(setTimeout(ignore, TIMER_DELAY_MS))
      const closeAll = (): void => {
        for (const timer of timers) clearTimeout(timer)
      }
      return { operate, prove: () => ({}), close: closeAll }
    },
  },
}

/** The drivers of `EventCenter` against each other, against the bare system call, and its timers against Node's. */
export const driverContest: Contest = {
  name: 'driver',
  ours: ['epoll', 'select'],
  cases: [passCase(1, 1), passCase(10, 1), passCase(768, 1), passCase(10, 10), passCase(768, 768), timerCase],
}
