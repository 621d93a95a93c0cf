import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { eventfd, eventfdRead, eventfdWrite, watch } from '../../src/index.ts'

// watch-outcomes.mjs <case>: what a watch does to the life of a process, or of a thread. Prints what happened.
function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

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
    if (isMainThread) void runThreads()
    else (threadCases[workerData as string] as () => void)()
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

async function runThreads(): Promise<void> {
  for (const name of Object.keys(threadCases)) {
    const worker = new Worker(new URL(import.meta.url), { argv: ['threads'], workerData: name })
    worker.on('message', () => void worker.terminate())
    worker.on('error', (error: unknown) => say(`${name} failed: ${(error as Error).message}`))
    const code = await new Promise((resolve) => worker.once('exit', resolve))
    say(`${name} ended with ${String(code)}`)
  }
}

cases[process.argv[2] ?? '']?.()
