import { allocatedBy, growthBy, measureAllocation } from './allocation-meter.ts'
import { FuzzError } from './errors.ts'
import type { Target } from './target.ts'

/** What an input led to. */
export type Verdict =
  | { readonly kind: 'fine'; readonly signature: number; readonly allocatedBytes: number }
  | { readonly kind: 'failed'; readonly error: Error }

/**
 * Runs one input once, or a few times if it seems to take too much memory. Errors have no stack, which costs more than
 * most inputs do; `stackLimit` is for the one that is looked at.
 */
export function judge(target: Target, bytes: Uint8Array, stackLimit = 0): Verdict {
  return judgeBy(allocatedBy, target, bytes, stackLimit)
}

/**
 * As `judge`, for the many inputs that lead where others have been: memory that was collected while it ran may be
 * missed. What fails here fails there.
 */
export function judgeQuickly(target: Target, bytes: Uint8Array): Verdict {
  return judgeBy(growthBy, target, bytes, 0)
}

function judgeBy(measure: (run: () => void) => number, target: Target, bytes: Uint8Array, stackLimit: number): Verdict {
  const usualLimit = Error.stackTraceLimit
  Error.stackTraceLimit = stackLimit
  try {
    let signature = 0
    const run = (): void => {
      signature = target.run(bytes)
    }
    let allocated = measure(run)
    const max = target.maxAllocatedBytes(bytes.length)
    // It may be a cache or a compilation, which comes once; or a collection hid some of it.
    if (allocated < 0 || allocated > max) allocated = measureAllocation(run)
    if (allocated > max) {
      const text = `bytes allocated: expected at most ${max} for an input of ${bytes.length}, got ${allocated}`
      throw new FuzzError('ERR_FUZZ_ALLOCATION', text)
    }
    return { kind: 'fine', signature, allocatedBytes: allocated }
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) }
  } finally {
    Error.stackTraceLimit = usualLimit
  }
}

/** What two failures share that are the same defect: everything but the numbers. */
export function failureKey(error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  return `${error.name} ${code} ${error.message.split('\n', 1)[0] ?? ''}`
    .replaceAll(/0x[0-9a-f]+|\d+/g, '#')
    .slice(0, 200)
}
