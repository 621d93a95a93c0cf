import { eventfd, FD_SETSIZE } from '@msgr/posix'
import { bench, group, run, summary } from 'mitata'
import { createEventDriver, EVENT_READABLE, EVENT_WRITABLE, EventCenter, type EventDriverName } from '../src/index.ts'

// One pass of a center in which one of its descriptors is ready and the rest are idle: what a wake-up costs before a
// handler does anything. Then with all of them ready, as many passes as report each of them: what each further event
// adds. An eventfd that nobody writes to is always writable and never readable, so it stays whichever of the two it is
// watched for.

const driverNames: readonly EventDriverName[] = ['epoll', 'select']
/** A pass of epoll's driver reports at most 64, so that as many as the last comes out even. */
const counts = [1, 10, 960]

// The process holds some descriptors of its own, so that 960 more only just fit below select's limit.
const fds = Array.from({ length: Math.max(...counts) }, () => eventfd())
const highestFd = Math.max(...fds)
if (highestFd >= FD_SETSIZE) throw new Error(`expected descriptors below ${FD_SETSIZE}, got ${highestFd}`)

let calls = 0
const countCall = (): void => {
  calls++
}

function openCenter(driver: EventDriverName, count: number, readyCount: number): EventCenter {
  const center = new EventCenter(createEventDriver({ driver }))
  fds.slice(0, count).forEach((fd, index) => {
    center.createFileEvent(fd, index >= count - readyCount ? EVENT_WRITABLE : EVENT_READABLE, countCall)
  })
  const handledCount = reportEach(center, readyCount)
  if (handledCount !== readyCount) throw new Error(`expected ${readyCount} events, got ${handledCount}`)
  return center
}

function reportEach(center: EventCenter, readyCount: number): number {
  let handledCount = 0
  do handledCount += center.processEvents(0)
  while (handledCount < readyCount)
  return handledCount
}

function comparePasses(title: string, count: number, readyCount: number): void {
  group(title, () => {
    summary(() => {
      for (const name of driverNames) {
        const center = openCenter(name, count, readyCount)
        bench(`${name}: ${title}`, () => reportEach(center, readyCount))
      }
    })
  })
}

for (const count of counts) comparePasses(`${count} watched, 1 ready`, count, 1)
for (const count of counts.slice(1)) comparePasses(`${count} watched, ${count} ready`, count, count)

// What a socket does that the kernel takes no more bytes from, and that then drains.
group('watch a second direction, and stop', () => {
  summary(() => {
    for (const name of driverNames) {
      const center = openCenter(name, 960, 0)
      const fd = fds[0]!
      bench(`${name}: 960 watched`, () => {
        center.createFileEvent(fd, EVENT_WRITABLE, countCall)
        center.deleteFileEvent(fd, EVENT_WRITABLE)
      })
    }
  })
})

// What a connection does with its keepalive deadline at each message: most timers never run.
group('make and delete a timer, with 10000 others', () => {
  summary(() => {
    const center = new EventCenter(createEventDriver())
    for (let i = 0; i < 10_000; i++) {
      center.createTimeEvent(60_000 + i, countCall)
      setTimeout(countCall, 60_000 + i).unref()
    }
    bench('EventCenter', () => center.deleteTimeEvent(center.createTimeEvent(65_000, countCall)))
    bench('setTimeout, clearTimeout', () => clearTimeout(setTimeout(countCall, 65_000)))
  })
})

bench('queue and run an external event', () => {
  external.dispatchEventExternal(countCall)
  return external.processEvents(0)
})
const external = new EventCenter(createEventDriver())

await run()
if (calls === 0) throw new Error('expected the callbacks to be called')
process.exit()
