import { expect, test, vi } from 'vitest'
import { openThrottleThreads, type ThrottleThreads } from './throttle-threads.ts'

// What another thread does may fall between any two accesses to shared memory. Here it falls between each two of them,
// one after the other: what it does is done, as a whole, right before the nth access.

const ACCESSES = ['load', 'store', 'add', 'sub', 'and', 'or', 'exchange', 'compareExchange'] as const

/** Runs `act`, and `interrupt` before its nth access. Returns false if it has fewer. */
function interruptBefore(nth: number, act: () => void, interrupt: () => void): boolean {
  let accesses = 0
  const spies = ACCESSES.map((name) => {
    const access = Reflect.get(Atomics, name) as (...args: unknown[]) => unknown
    return vi.spyOn(Atomics, name as 'load').mockImplementation((...args: unknown[]): never => {
      if (accesses++ === nth) interrupt()
      return access(...args) as never
    })
  })
  try {
    act()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return accesses > nth
}

interface Scene {
  readonly threads: ThrottleThreads
  readonly served: string[]
  /** Has thread `thread` take `count` as soon as there is room. */
  wait(name: string, thread: number, count: number, signal?: AbortSignal): void
  put(thread: number, count: number): void
}

function openScene(taken: number): Scene {
  const threads = openThrottleThreads(10, 3)
  const served: string[] = []
  threads.throttles[0]?.take(taken)
  return {
    threads,
    served,
    wait: (name, thread, count, signal) => {
      threads.throttles[thread]?.getWhenRoom(count, () => served.push(name), signal)
    },
    put: (thread, count) => {
      threads.throttles[thread]?.put(count)
    },
  }
}

type Plan = (scene: Scene) => { act: () => void; interrupt: () => void }

const leave = (scene: Scene, thread: number, count: number): (() => void) => {
  const leaving = new AbortController()
  scene.wait('left', thread, count, leaving.signal)
  return () => {
    leaving.abort()
  }
}

const plans: [name: string, taken: number, plan: Plan, served: string[], current: number][] = [
  [
    'one comes to wait while another gives back',
    10,
    (scene) => ({
      act: () => {
        scene.wait('a', 1, 5)
      },
      interrupt: () => {
        scene.put(0, 5)
      },
    }),
    ['a'],
    10,
  ],
  [
    'one gives back while another comes to wait',
    10,
    (scene) => ({
      act: () => {
        scene.put(0, 5)
      },
      interrupt: () => {
        scene.wait('a', 1, 5)
      },
    }),
    ['a'],
    10,
  ],
  [
    'one comes to wait while another sets a larger limit',
    10,
    (scene) => ({
      act: () => {
        scene.wait('a', 1, 5)
      },
      interrupt: () => scene.threads.throttles[0]?.resetMax(15),
    }),
    ['a'],
    15,
  ],
  [
    'one comes to wait while the one before leaves',
    5,
    (scene) => ({
      interrupt: leave(scene, 1, 8),
      act: () => {
        scene.wait('a', 2, 5)
      },
    }),
    ['a'],
    10,
  ],
  [
    'one leaves while another comes to wait',
    5,
    (scene) => ({
      act: leave(scene, 1, 8),
      interrupt: () => {
        scene.wait('a', 2, 5)
      },
    }),
    ['a'],
    10,
  ],
  [
    'one takes what there is while another does',
    0,
    (scene) => ({
      act: () => {
        scene.wait('a', 1, 4)
      },
      interrupt: () => {
        scene.wait('b', 2, 6)
      },
    }),
    ['a', 'b'],
    10,
  ],
  [
    'one that was woken comes while another gives back more',
    10,
    (scene) => {
      scene.wait('a', 1, 5)
      scene.wait('b', 1, 5)
      scene.put(0, 5)
      return {
        act: () => {
          scene.threads.runWoken()
        },
        interrupt: () => {
          scene.put(0, 5)
        },
      }
    },
    ['a', 'b'],
    10,
  ],
  [
    'a thread leaves while another gives back',
    10,
    (scene) => {
      scene.wait('left', 1, 5)
      scene.wait('a', 2, 5)
      return {
        act: () => {
          scene.threads.throttles[1]?.detach()
        },
        interrupt: () => {
          scene.put(0, 4)
          scene.put(0, 1)
        },
      }
    },
    ['a'],
    10,
  ],
]

test.each(plans)('wherever it falls, when %s nobody is forgotten', (_, taken, plan, served, current) => {
  let nth = 0
  for (let isInterrupted = true; isInterrupted; nth++) {
    const scene = openScene(taken)
    const { act, interrupt } = plan(scene)
    isInterrupted = interruptBefore(nth, act, interrupt)
    if (!isInterrupted) interrupt()
    scene.threads.runWoken()
    // Who left may have been let in before that.
    const left = scene.served.filter((name) => name !== 'left')
    if (left.length < scene.served.length) {
      scene.put(0, 5)
      scene.threads.runWoken()
    }
    expect([nth, scene.served.filter((name) => name !== 'left').sort()]).toEqual([nth, served])
    expect(scene.threads.throttles[0]?.current).toBe(current)
  }
  expect(nth).toBeGreaterThan(3)
})

test('wherever it falls, of two that want more than there is one gets it', () => {
  for (let nth = 0, isInterrupted = true; isInterrupted; nth++) {
    const { threads } = openScene(0)
    const taken: boolean[] = []
    const take = (thread: number) => () => taken.push(threads.throttles[thread]?.getOrFail(6) ?? false)
    isInterrupted = interruptBefore(nth, take(1), take(2))
    if (!isInterrupted) take(2)()
    expect(taken.sort()).toEqual([false, true])
    expect(threads.throttles[0]?.current).toBe(6)
  }
})
