import { GCProfiler, getHeapStatistics, setFlagsFromString } from 'node:v8'

/** So many runs agree on what an input allocates; one alone may have paid for a compilation. */
const RUNS_TO_COMPARE = 3

// Memory of array buffers that were collected must be gone when the collection is over. V8 would give it back later,
// from another thread, and then it could not be told from memory that was never taken.
setFlagsFromString('--no-concurrent-array-buffer-sweeping')

/** Bytes on the heap and in array buffers. */
interface Usage {
  readonly usedHeapSize: number
  readonly externalMemory: number
}

/**
 * The memory that `run` takes, garbage included, in bytes: by how much heap and array buffers grow, as V8 itself counts
 * them to the byte, and what each collection meanwhile took away. Whatever is allocated by whatever means adds to it. The
 * first run of something pays for its compilation too. Throws what `run` throws.
 */
export function allocatedBy(run: () => void): number {
  const profiler = new GCProfiler()
  profiler.start()
  const before = usedBytes()
  try {
    run()
  } catch (error) {
    profiler.stop()
    throw error
  }
  let allocated = usedBytes() - before
  for (const { beforeGC, afterGC } of profiler.stop().statistics) {
    allocated += bytesOf(beforeGC.heapStatistics) - bytesOf(afterGC.heapStatistics)
  }
  return allocated
}

/** As `allocatedBy`, at a fraction of its cost; but a collection meanwhile makes it less, and often negative. */
export function growthBy(run: () => void): number {
  const before = usedBytes()
  run()
  return usedBytes() - before
}

/** The least that a few runs take. */
export function measureAllocation(run: () => void): number {
  let least = Infinity
  for (let runs = 0; runs < RUNS_TO_COMPARE; runs++) least = Math.min(least, allocatedBy(run))
  return least
}

function usedBytes(): number {
  const { used_heap_size: usedHeapSize, external_memory: externalMemory } = getHeapStatistics()
  return usedHeapSize + externalMemory
}

function bytesOf({ usedHeapSize, externalMemory }: Usage): number {
  return usedHeapSize + externalMemory
}
