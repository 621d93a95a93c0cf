import fc from 'fast-check'
import type { Target } from '../src/target.ts'

/** A target that does what a test wants of it. */
export function toyTarget(run: (bytes: Uint8Array) => number, seeds: readonly Uint8Array[] = []): Target {
  return {
    name: 'toy',
    seeds: () => seeds,
    structured: fc.uint8Array({ maxLength: 20 }),
    maxAllocatedBytes: (inputLength) => 128 * 1024 + 64 * inputLength,
    run,
  }
}
