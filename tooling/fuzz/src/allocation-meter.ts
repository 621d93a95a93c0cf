import { getHeapStatistics } from 'node:v8'

/** So many runs agree on what an input allocates; one alone may have paid for a compilation, or been collected in. */
const RUNS_TO_COMPARE = 3
const MAX_RUNS = 24

/**
 * Bytes on the heap and in array buffers, as V8 itself counts them to the byte: whatever is allocated by whatever
 * means adds to it, and only a collection takes away.
 */
export function allocatedBytes(): number {
  const { used_heap_size: onHeap, external_memory: inBuffers } = getHeapStatistics()
  return onHeap + inBuffers
}

/**
 * The memory that `run` takes, garbage included, in bytes: the least of a few runs, of which those that a collection
 * ran into do not count. It can be told by the number going down. A run that allocates half a young generation and more
 * can hide behind one only by leaving the number where it was, in each of the runs.
 */
export function measureAllocation(run: () => void): number {
  let least = Infinity
  for (let runs = 0, counted = 0; runs < MAX_RUNS && counted < RUNS_TO_COMPARE; runs++) {
    const before = allocatedBytes()
    run()
    const allocated = allocatedBytes() - before
    if (allocated < 0) continue
    least = Math.min(least, allocated)
    counted++
  }
  return least
}
