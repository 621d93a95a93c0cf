import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MessageChannel } from 'node:worker_threads'
import { describeNeeding, run } from '@msgr-tooling/native-tests'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { eventLoopFd, PosixUnavailableError, select, takeTurns, type Turns } from '../src/index.ts'
import { buildPrograms, packageRoot } from './built-program.ts'
import { missingShim } from './missing-shim.ts'

const NO_FDS = new Int32Array(0)

/** Whether the loop's descriptor is readable within `timeoutMs`, while this thread waits there and not in the loop. */
function becomesReadable(timeoutMs: number): boolean {
  return select(Int32Array.of(eventLoopFd()), NO_FDS, new Int32Array(2), timeoutMs) === 1
}

/** Takes turns until `isLast` says so: what the loop's time was in each. */
function turnsUntil(isLast: (timeoutMs: number) => boolean): Promise<number[]> {
  const seen: number[] = []
  return new Promise((resolve) => {
    const turns: Turns = takeTurns((timeoutMs) => {
      seen.push(timeoutMs)
      if (!isLast(timeoutMs)) return
      turns.close()
      turns.close()
      resolve(seen)
    })
  })
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

async function immediates(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

describeNeeding(missingShim, 'the event loop', () => {
  test('what the loop waits for makes its descriptor readable', async () => {
    const { port1, port2 } = new MessageChannel()
    const received = new Promise((resolve) => {
      port2.once('message', resolve)
    })
    port1.postMessage('hello')
    expect(becomesReadable(60_000)).toBe(true)
    expect(await received).toBe('hello')
    port1.close()
  })

  test('turns come one after the other, and tell how long the loop would wait', async () => {
    let count = 0
    const timer = setTimeout(() => undefined, 100_000)
    const seen = await turnsUntil((timeoutMs) => ++count >= 3 && timeoutMs > 0)
    expect(seen.length).toBeGreaterThanOrEqual(3)
    expect(seen.at(-1)).toBeLessThanOrEqual(100_000)
    clearTimeout(timer)
  })

  test('ticks and microtasks run between turns, and timers though nothing waits for them', async () => {
    const order: string[] = []
    await new Promise<void>((resolve) => {
      let count = 0
      const turns: Turns = takeTurns(() => {
        order.push('turn')
        queueMicrotask(() => order.push('microtask'))
        process.nextTick(() => order.push('tick'))
        if (++count === 1) setTimeout(() => order.push('timer'), 1)
        if (!order.includes('timer')) return
        turns.close()
        resolve()
      })
    })
    expect(order.slice(0, 3)).toEqual(['turn', 'tick', 'microtask'])
    expect(order.filter((event) => event === 'timer')).toHaveLength(1)
  })

  test('the callback runs in the async context of the call', async () => {
    const storage = new AsyncLocalStorage<string>()
    const context = await new Promise((resolve) => {
      storage.run('of the turns', () => {
        const turns = takeTurns(() => {
          turns.close()
          resolve(storage.getStore())
        })
      })
    })
    expect(context).toBe('of the turns')
  })

  test('no callback comes after close, even if one was due in the same turn', async () => {
    const called: number[] = []
    const all = [0, 1].map((index) =>
      takeTurns(() => {
        called.push(index)
        for (const turns of all) turns.close()
      }),
    )
    await immediates(3)
    expect(called).toHaveLength(1)
  })

  test('turns go on although their handle was dropped and collected', async () => {
    let isLast = false
    const ended = new Promise<void>((resolve) => {
      const takeOnce = (): void => {
        const turns = takeTurns(() => {
          if (!isLast) return
          turns.close()
          resolve()
        })
      }
      takeOnce()
    })
    await immediates(2)
    collectGarbage()
    await immediates(2)
    isLast = true
    await ended
  })

  test('closed turns let their callback go', async () => {
    const takeAndClose = (): WeakRef<() => void> => {
      const callback = (): void => undefined
      takeTurns(callback).close()
      return new WeakRef(callback)
    }
    const callback = takeAndClose()
    await immediates(2)
    collectGarbage()
    expect(callback.deref()).toBeUndefined()
  })

  test('what is no function is refused at once', () => {
    expect(() => takeTurns(undefined as unknown as () => void)).toThrow(TypeError)
  })

  test.each(['bun', 'deno'])('%s is refused before the binary is asked for anything', (name) => {
    vi.stubGlobal('process', Object.create(process, { versions: { value: { ...process.versions, [name]: '1.4.4' } } }))
    try {
      expect(() => takeTurns(undefined as unknown as () => void)).toThrow(PosixUnavailableError)
      expect(() => eventLoopFd()).toThrow(PosixUnavailableError)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  describe('in a process of its own', () => {
    let root: string
    beforeAll(async () => {
      root = await buildPrograms('turns', ['turns-outcomes'], join(packageRoot, 'prebuilds'))
    })

    const outcome = async (name: string): Promise<object> => {
      const { code, stdout } = await run(process.execPath, [join(root, 'dist', 'turns-outcomes.mjs'), name])
      return { code, lines: stdout.split('\n').slice(0, -1) }
    }

    test('what a callback throws is an uncaught exception, and the turns go on', async () => {
      const lines = ['uncaughtException: from the callback', 'tick', 'called again', 'tick']
      expect(await outcome('throws')).toEqual({ code: 0, lines })
    })

    test('what a callback throws ends a process that does not handle it', async () => {
      expect(await outcome('throwsUnhandled')).toEqual({ code: 1, lines: ['exit 1'] })
    })

    test('turns keep a process alive until closed', async () => {
      expect(await outcome('keepsAlive')).toEqual({ code: 0, lines: ['ended after 3 turns'] })
    })

    test('turns that are closed between callbacks let the process end', async () => {
      expect(await outcome('closeOutside')).toEqual({ code: 0, lines: ['ended, 0 turns after close'] })
    })

    test('turns are told how long the loop would wait', async () => {
      const lines = ['0 with an immediate', 'immediate', 'Infinity with nothing', 'until the first timer']
      expect(await outcome('times')).toEqual({ code: 0, lines })
    })

    test('a callback may end the process', async () => {
      expect(await outcome('exitInCallback')).toEqual({ code: 3, lines: [] })
    })

    test('threads end in every way with turns open', async () => {
      const lines = [
        'exit ended with 4',
        'spin ended with 1',
        'turn ended with 1',
        'closing ended with 5',
        'closingInside ended with 6',
        'closed ended with 0',
        'throw failed: in the thread',
        'throw ended with 1',
      ]
      expect(await outcome('threads')).toEqual({ code: 0, lines })
    })
  })
})
