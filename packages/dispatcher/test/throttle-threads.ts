import { Throttle } from '../src/throttle.ts'

/** One throttle as several threads see it, all of them in the thread of the test. */
export interface ThrottleThreads {
  readonly memory: SharedArrayBuffer
  /** The throttle of the thread that is woken by its number here. */
  readonly throttles: readonly Throttle[]
  /** The numbers of the threads that were woken and did not come yet, in that order. */
  readonly woken: number[]
  /** Another thread, woken by `wakeFd`. */
  attach(wakeFd: number): Throttle
  /** Lets those who were woken come, and those whom these wake, until nobody is left. */
  runWoken(): void
}

export function openThrottleThreads(
  max: number,
  threads: number,
  onWake: (wakeFd: number) => void = () => undefined,
): ThrottleThreads {
  const woken: number[] = []
  const wake = (wakeFd: number): void => {
    onWake(wakeFd)
    woken.push(wakeFd)
  }
  const first = new Throttle(max)
  const memory = first.share({ wakeFd: 0, wake })
  const attach = (wakeFd: number): Throttle => Throttle.attach(memory, { wakeFd, wake })
  const throttles = [first]
  for (let wakeFd = 1; wakeFd < threads; wakeFd++) throttles.push(attach(wakeFd))
  const runWoken = (): void => {
    for (let wakeFd = woken.shift(); wakeFd !== undefined; wakeFd = woken.shift()) throttles[wakeFd]?.retry()
  }
  return { memory, throttles, woken, attach, runWoken }
}
