import { AsyncLocalStorage } from 'node:async_hooks'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describeNeeding, run } from '@msgr-tooling/native-tests'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import * as posix from '../src/index.ts'
import { refuseForeignLoop } from '../src/watch.ts'
import { buildPrograms, packageRoot } from './built-program.ts'
import { closeOwnedAfterEach, disown, own } from './loopback.ts'
import { missingShim } from './missing-shim.ts'

/** Two turns of the event loop: in one of them, what is readable has been noticed. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

describeNeeding(missingShim, 'watch', () => {
  closeOwnedAfterEach()

  test('calls back when the descriptor turns readable, and not before', async () => {
    const fd = own(posix.eventfd())
    const counts: number[] = []
    const watched = posix.watch(fd, (status) => {
      expect(status).toBe(0)
      counts.push(posix.eventfdRead(fd))
    })
    await turns()
    expect(counts).toEqual([])
    posix.eventfdWrite(fd, 5)
    await turns()
    posix.eventfdWrite(fd, 6)
    await turns()
    expect(counts).toEqual([5, 6])
    watched.close()
  })

  test('calls back again as long as the descriptor stays readable', async () => {
    const fd = own(posix.eventfd())
    posix.eventfdWrite(fd)
    await new Promise<void>((resolve) => {
      let calls = 0
      const watched = posix.watch(fd, () => {
        if (++calls < 3) return
        watched.close()
        resolve()
      })
    })
  })

  test('serves a whole epoll set through its descriptor', async () => {
    const epfd = own(posix.epollCreate())
    const fds = [own(posix.eventfd()), own(posix.eventfd())]
    for (const fd of fds) posix.epollCtl(epfd, posix.EPOLL_CTL_ADD, fd, posix.EPOLLIN | posix.EPOLLET)
    const out = new Int32Array(8)
    const seen: number[] = []
    const watched = posix.watch(epfd, () => {
      const count = posix.epollWait(epfd, out, 0)
      for (let i = 0; i < count; i++) seen.push(out[2 * i]!)
    })
    posix.eventfdWrite(fds[1]!)
    await turns()
    posix.eventfdWrite(fds[0]!)
    await turns()
    expect(seen).toEqual([fds[1], fds[0]])
    watched.close()
  })

  test('ticks and microtasks of a callback run before the next callback', async () => {
    const fds = [own(posix.eventfd()), own(posix.eventfd())]
    const order: string[] = []
    const watches = fds.map((fd) =>
      posix.watch(fd, () => {
        posix.eventfdRead(fd)
        order.push('callback')
        queueMicrotask(() => order.push('microtask'))
        process.nextTick(() => order.push('tick'))
      }),
    )
    for (const fd of fds) posix.eventfdWrite(fd)
    await turns()
    expect(order).toEqual(['callback', 'tick', 'microtask', 'callback', 'tick', 'microtask'])
    for (const watched of watches) watched.close()
  })

  test('the callback runs in the async context of the call to watch', async () => {
    const storage = new AsyncLocalStorage<string>()
    const fd = own(posix.eventfd())
    const context = await new Promise((resolve) => {
      storage.run('of the watch', () => {
        const watched = posix.watch(fd, () => {
          watched.close()
          resolve(storage.getStore())
        })
      })
      posix.eventfdWrite(fd)
    })
    expect(context).toBe('of the watch')
  })

  test('no callback comes after close, even if one was due in the same turn', async () => {
    const fds = [own(posix.eventfd()), own(posix.eventfd())]
    const called: number[] = []
    const watches = fds.map((fd, index) =>
      posix.watch(fd, () => {
        called.push(index)
        for (const watched of watches) watched.close()
      }),
    )
    for (const fd of fds) posix.eventfdWrite(fd)
    await turns()
    await turns()
    expect(called).toHaveLength(1)
    expect(watches.map((watched) => watched.isOpen)).toEqual([false, false])
  })

  test('close, ref and unref after close do nothing', () => {
    const fd = own(posix.eventfd())
    const watched = posix.watch(fd, () => undefined)
    expect(watched.isOpen).toBe(true)
    watched.close()
    watched.close()
    watched.ref()
    watched.unref()
    expect(watched.isOpen).toBe(false)
  })

  test('a descriptor can be closed right after its watch, and its number watched again', async () => {
    for (let round = 0; round < 20; round++) {
      const fd = own(posix.eventfd())
      posix.eventfdWrite(fd)
      const watched = posix.watch(fd, () => watched.close())
      if (round % 2 === 0) await turns()
      watched.close()
      disown(fd)
    }
  })

  test('a watch goes on although its handle was dropped and collected', async () => {
    const fd = own(posix.eventfd())
    const event = new Promise<void>((resolve) => {
      const watchOnce = (): void => {
        const watched = posix.watch(fd, () => {
          watched.close()
          resolve()
        })
      }
      watchOnce()
    })
    await turns()
    collectGarbage()
    await turns()
    posix.eventfdWrite(fd)
    await event
  })

  test('a closed watch lets its callback go', async () => {
    const fd = own(posix.eventfd())
    const watchAndClose = (): WeakRef<() => void> => {
      const callback = (): void => undefined
      posix.watch(fd, callback).close()
      return new WeakRef(callback)
    }
    const callback = watchAndClose()
    await turns()
    collectGarbage()
    expect(callback.deref()).toBeUndefined()
  })

  test('a second watch of one descriptor, a file and a bad descriptor are errors', () => {
    const fd = own(posix.eventfd())
    const watched = posix.watch(fd, () => undefined)
    expect(() => posix.watch(fd, () => undefined)).toThrow(`watch descriptor ${fd} failed: EEXIST`)
    watched.close()
    const file = own(openSync(join(packageRoot, 'package.json'), 'r'))
    expect(() => posix.watch(file, () => undefined)).toThrow('EPERM')
    expect(() => posix.watch(-1, () => undefined)).toThrow('EBADF')
    expect(() => posix.watch(fd, undefined as unknown as () => void)).toThrow(TypeError)
  })

  test('an error of the descriptor is reported, once', async () => {
    const [readFd, writeFd] = posix.pipe()
    own(writeFd)
    const statuses: number[] = []
    // The write end of a pipe whose reader is gone has an error, which libuv reports as EBADF, and then stops.
    const watched = posix.watch(writeFd, (status) => statuses.push(status))
    posix.close(readFd)
    await turns()
    await turns()
    expect(statuses).toEqual([-posix.EBADF])
    expect(watched.isOpen).toBe(true)
    watched.close()
  })

  describe('in a process of its own', () => {
    let root: string
    beforeAll(async () => {
      root = await buildPrograms('watch', ['watch-outcomes'], join(packageRoot, 'prebuilds'))
    })

    const outcome = async (name: string): Promise<object> => {
      const { code, stdout } = await run(process.execPath, [join(root, 'dist', 'watch-outcomes.mjs'), name])
      return { code, lines: stdout.split('\n').slice(0, -1) }
    }

    test('what a callback throws is an uncaught exception, and the watch goes on', async () => {
      const lines = ['uncaughtException: from the callback', 'tick', 'called again', 'tick']
      expect(await outcome('throws')).toEqual({ code: 0, lines })
    })

    test('what a callback throws ends a process that does not handle it', async () => {
      expect(await outcome('throwsUnhandled')).toEqual({ code: 1, lines: ['exit 1'] })
    })

    test('an open watch keeps a process alive, unless unrefed', async () => {
      expect(await outcome('unref')).toEqual({ code: 0, lines: ['ended'] })
    })

    test('an open watch that was refed again keeps a process alive', async () => {
      // The timer of this case is unrefed: it fires only because the watch keeps the process.
      expect(await outcome('ref')).toEqual({ code: 0, lines: ['event', 'ended'] })
    })

    test('a callback may end the process', async () => {
      expect(await outcome('exitInCallback')).toEqual({ code: 3, lines: [] })
    })

    test('threads end in every way with watches open', async () => {
      const lines = [
        'exit ended with 4',
        'spin ended with 1',
        'wait ended with 1',
        'closing ended with 5',
        'throw failed: in the thread',
        'throw ended with 1',
      ]
      expect(await outcome('threads')).toEqual({ code: 0, lines })
    })
  })
})

describe('a runtime without libuv', () => {
  test.each([
    ['Bun', { node: '22.6.0', bun: '1.4.4' }],
    ['Deno', { node: '22.0.0', deno: '2.9.6' }],
  ])('%s is refused, with what works there', (name, versions) => {
    const { [name.toLowerCase() as 'bun']: version } = versions as Record<string, string>
    const refused = expect.objectContaining({
      code: 'ERR_POSIX_UNAVAILABLE',
      message: expect.stringMatching(`${name} ${version}.*@msgr/simple-messenger`) as string,
    }) as Error
    expect(() => refuseForeignLoop(versions)).toThrow(refused)
  })

  test('Node is not refused', () => {
    expect(() => refuseForeignLoop(process.versions)).not.toThrow()
    expect(process.versions).toHaveProperty('uv')
  })

  test('is refused before the binary is asked for anything', () => {
    vi.stubGlobal('process', Object.create(process, { versions: { value: { ...process.versions, bun: '1.4.4' } } }))
    try {
      // A descriptor that libuv would refuse with EBADF, if it were asked.
      expect(() => posix.watch(-1, () => undefined)).toThrow(posix.PosixUnavailableError)
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
