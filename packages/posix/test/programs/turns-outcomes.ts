import { parentPort } from 'node:worker_threads'
import { select, eventLoopFd, takeTurns } from '../../src/index.ts'
import { runThreads, say } from './thread-outcomes.ts'

// turns-outcomes.mjs <case>: what turns do to the life of a process, or of a thread, and what they are told of its event
// loop, which has nothing in it here but what the case puts there. Prints what happened.

const cases: Record<string, () => void> = {
  /** The first callback throws. The process goes on, and so do the turns. */
  throws() {
    let calls = 0
    const turns = takeTurns(() => {
      process.nextTick(() => say('tick'))
      if (++calls === 1) throw new Error('from the callback')
      say('called again')
      turns.close()
    })
    process.on('uncaughtException', (error, origin) => say(`${origin}: ${error.message}`))
  },

  /** Nobody handles what the callback throws. */
  throwsUnhandled() {
    takeTurns(() => {
      throw new Error('from the callback')
    })
    process.on('exit', (code) => say(`exit ${code}`))
  },

  /** The turns are all that keeps it, and each waits for the loop, as long as that would. */
  keepsAlive() {
    let calls = 0
    const turns = takeTurns((timeoutMs) => {
      // The loop's own time: with nothing in the loop it has no end, and nothing would end it here either.
      if (timeoutMs === 0) return
      select(Int32Array.of(eventLoopFd()), new Int32Array(0), new Int32Array(2), 1)
      if (++calls === 3) turns.close()
    })
    process.on('exit', () => say(`ended after ${calls} turns`))
  },

  /** Closes in a timer, while the callback is not running. */
  closeOutside() {
    let calls = 0
    let callsAtClose = 0
    const turns = takeTurns(() => {
      calls++
    })
    setTimeout(() => {
      turns.close()
      callsAtClose = calls
    }, 1)
    process.on('exit', () => say(`ended, ${calls - callsAtClose} turns after close`))
  },

  /** What the loop has to do, one after the other, and the time that turns are told of then. */
  times() {
    const seen: string[] = []
    const steps: readonly ((timeoutMs: number) => boolean)[] = [
      (timeoutMs) => {
        if (timeoutMs !== Infinity) return false
        // An immediate of an immediate waits for the turn after.
        setImmediate(() => setImmediate(() => seen.push('immediate')))
        return true
      },
      (timeoutMs) => {
        seen.push(`${timeoutMs} with an immediate`)
        return true
      },
      (timeoutMs) => {
        if (timeoutMs === 0) return false
        seen.push(`${timeoutMs} with nothing`)
        setTimeout(() => seen.push('timer'), 100_000).unref()
        setTimeout(() => seen.push('timer'), 50_000).unref()
        return true
      },
      (timeoutMs) => {
        if (timeoutMs === 0) return false
        seen.push(timeoutMs <= 50_000 ? 'until the first timer' : `${timeoutMs} with a timer`)
        return true
      },
    ]
    let step = 0
    const turns = takeTurns((timeoutMs) => {
      if (steps[step]?.(timeoutMs) === true) step++
      if (step === steps.length) turns.close()
    })
    process.on('exit', () => say(seen.join('\n')))
  },

  exitInCallback() {
    takeTurns(() => process.exit(3))
  },

  /** A thread calls process.exit in a callback; others are terminated in one, and between them; and so on. */
  threads() {
    runThreads(new URL(import.meta.url), threadCases)
  },
}

const threadCases: Record<string, () => void> = {
  exit() {
    takeTurns(() => process.exit(4))
  },
  spin() {
    takeTurns(() => {
      parentPort?.postMessage('spinning')
      for (;;);
    })
  },
  turn() {
    takeTurns(() => undefined)
    parentPort?.postMessage('turning')
  },
  /** The environment ends while libuv is still about to close the turns. */
  closing() {
    takeTurns(() => undefined).close()
    process.exit(5)
  },
  /** As above, from inside the callback. */
  closingInside() {
    const turns = takeTurns(() => {
      turns.close()
      process.exit(6)
    })
  },
  closed() {
    const turns = takeTurns(() => turns.close())
  },
  throw() {
    takeTurns(() => {
      throw new Error('in the thread')
    })
  },
}

cases[process.argv[2] ?? '']?.()
