import { parentPort } from 'node:worker_threads'
import { eventfd, eventfdRead, eventfdWrite, watch } from '../../src/index.ts'
import { runThreads, say } from './thread-outcomes.ts'

// watch-outcomes.mjs <case>: what a watch does to the life of a process, or of a thread. Prints what happened.

const cases: Record<string, () => void> = {
  /** The first callback throws. The process goes on, and so does the watch. */
  throws() {
    const fd = eventfd()
    let calls = 0
    const watched = watch(fd, () => {
      eventfdRead(fd)
      process.nextTick(() => say('tick'))
      if (++calls === 1) throw new Error('from the callback')
      say('called again')
      watched.close()
    })
    process.on('uncaughtException', (error, origin) => {
      say(`${origin}: ${error.message}`)
      eventfdWrite(fd)
    })
    eventfdWrite(fd)
  },

  /** Nobody handles what the callback throws. */
  throwsUnhandled() {
    const fd = eventfd()
    watch(fd, () => {
      throw new Error('from the callback')
    })
    process.on('exit', (code) => say(`exit ${code}`))
    eventfdWrite(fd)
  },

  /** Ends by itself, since nothing else is open. */
  unref() {
    const watched = watch(eventfd(), () => undefined)
    watched.unref()
    process.on('exit', () => say('ended'))
  },

  /** Has to wait for the event: the watch is all that keeps it. */
  ref() {
    const fd = eventfd()
    const watched = watch(fd, () => {
      say('event')
      watched.close()
    })
    watched.unref()
    watched.ref()
    process.on('exit', () => say('ended'))
    setTimeout(() => eventfdWrite(fd), 20).unref()
  },

  exitInCallback() {
    const fd = eventfd()
    watch(fd, () => process.exit(3))
    eventfdWrite(fd)
  },

  /** A thread calls process.exit in a callback; others are terminated in one, and outside; and so on. */
  threads() {
    runThreads(new URL(import.meta.url), threadCases)
  },
}

const threadCases: Record<string, () => void> = {
  exit() {
    const fd = eventfd()
    watch(fd, () => process.exit(4))
    eventfdWrite(fd)
  },
  spin() {
    const fd = eventfd()
    watch(fd, () => {
      parentPort?.postMessage('spinning')
      for (;;);
    })
    eventfdWrite(fd)
  },
  wait() {
    watch(eventfd(), () => undefined)
    parentPort?.postMessage('waiting')
  },
  /** The environment ends while libuv is still about to close the watch. */
  closing() {
    watch(eventfd(), () => undefined).close()
    process.exit(5)
  },
  throw() {
    const fd = eventfd()
    watch(fd, () => {
      throw new Error('in the thread')
    })
    eventfdWrite(fd)
  },
}

cases[process.argv[2] ?? '']?.()
