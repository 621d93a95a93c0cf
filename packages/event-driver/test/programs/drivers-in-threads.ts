import assert from 'node:assert/strict'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { createEventDriver, EpollDriver, EventCenter, SelectDriver, signalWakeup } from '../../src/index.ts'
import { describeCenter } from '../center-suite.ts'
import { describeDriver } from '../driver-suite.ts'
import { runCases } from './suite-in-thread.ts'

// drivers-in-threads.mjs <threads>: so many threads at once run the suites of drivers and centers, on epoll and on
// select, and then wake each other round and round. Prints how many cases each has run.

/** What counts the descriptors of the whole process, or wants its main thread. */
const ONLY_ALONE = [
  'a wait that a signal interrupts finds nothing',
  'the descriptor for wake-ups is made once, is not counted, and is closed with the center',
  'a center that nobody wakes from outside needs no descriptor of its own',
]
const ROUNDS = 2_000
/** Ends a wait that should have ended long before. */
const GIVE_UP_MS = 20_000

interface Task {
  readonly index: number
  /** For each thread the descriptor that wakes it, plus 1, once it is there. */
  readonly wakeupFds: Int32Array
}

if (isMainThread) await startThreads(Number(process.argv[2]))
else await runInThread(workerData as Task)

async function startThreads(count: number): Promise<void> {
  const wakeupFds = new Int32Array(new SharedArrayBuffer(4 * count))
  const counts = await Promise.all(Array.from({ length: count }, (_, index) => startThread({ index, wakeupFds })))
  process.stdout.write(`${counts.join(' and ')} cases passed\n`)
}

function startThread(task: Task): Promise<number> {
  return new Promise((resolve, reject) => {
    let caseCount = 0
    const worker = new Worker(new URL(import.meta.url), { workerData: task })
    worker.once('message', (count: number) => (caseCount = count))
    worker.once('error', reject)
    worker.once('exit', () => resolve(caseCount))
  })
}

async function runInThread(task: Task): Promise<void> {
  describeDriver({ name: 'epoll', create: () => new EpollDriver() })
  describeDriver({ name: 'select', create: () => new SelectDriver() })
  describeCenter('epoll', () => new EpollDriver())
  describeCenter('select', () => new SelectDriver())
  const count = await runCases(ONLY_ALONE)
  passWakeups(task)
  parentPort?.postMessage(count)
}

/** Waits to be woken by the thread before, wakes the one behind, by way of a timer and an external event. */
function passWakeups({ index, wakeupFds }: Task): void {
  const center = new EventCenter(createEventDriver({ driver: index % 2 === 0 ? 'epoll' : 'select' }))
  Atomics.store(wakeupFds, index, center.openWakeupFd() + 1)
  Atomics.notify(wakeupFds, index)
  const next = (index + 1) % wakeupFds.length
  while (Atomics.load(wakeupFds, next) === 0) Atomics.wait(wakeupFds, next, 0)
  const nextFd = Atomics.load(wakeupFds, next) - 1

  for (let round = 0; round < ROUNDS; round++) {
    if (index > 0) assert.equal(center.processEvents(GIVE_UP_MS), 1)
    center.createTimeEvent(0, () => center.dispatchEventExternal(() => signalWakeup(nextFd)))
    assert.equal(center.processEvents(GIVE_UP_MS), 2)
    if (index === 0) assert.equal(center.processEvents(GIVE_UP_MS), 1)
  }
  center.close()
}
