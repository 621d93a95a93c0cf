import { failureKey, judge } from './judge.ts'
import type { Target } from './target.ts'

/** Inputs that are tried at most. */
const MAX_ATTEMPTS = 4000

/** A shorter and plainer input that fails in the same way, or `bytes` if there is none. */
export function minimise(target: Target, bytes: Uint8Array, error: Error): Uint8Array {
  const key = failureKey(error)
  let attempts = 0
  const stillFails = (candidate: Uint8Array): boolean => {
    if (++attempts > MAX_ATTEMPTS) return false
    const verdict = judge(target, candidate)
    return verdict.kind === 'failed' && failureKey(verdict.error) === key
  }
  let best = bytes
  for (let size = bytes.length; size >= 1; size = Math.floor(size / 2)) best = withoutRuns(best, size, stillFails)
  return plainer(best, stillFails)
}

/** Leaves out runs of `size` bytes, from the end on. */
function withoutRuns(bytes: Uint8Array, size: number, stillFails: (candidate: Uint8Array) => boolean): Uint8Array {
  let best = bytes
  for (let end = best.length; end > 0; end -= size) {
    const start = Math.max(0, end - size)
    const candidate = Uint8Array.from([...best.subarray(0, start), ...best.subarray(end)])
    if (stillFails(candidate)) best = candidate
  }
  return best
}

/** Makes zeros of the bytes that do not matter. */
function plainer(bytes: Uint8Array, stillFails: (candidate: Uint8Array) => boolean): Uint8Array {
  let best = bytes
  for (let at = 0; at < best.length; at++) {
    if (best[at] === 0) continue
    const candidate = best.slice()
    candidate[at] = 0
    if (stillFails(candidate)) best = candidate
  }
  return best
}
