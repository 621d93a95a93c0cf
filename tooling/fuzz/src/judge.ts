import { allocatedBytes, measureAllocation } from './allocation-meter.ts'
import { FuzzError } from './errors.ts'
import type { Target } from './target.ts'

/**
 * So much is no cache and no compilation. It is not measured again: buffers of this size make V8 collect those of the
 * run before while it allocates, and then the numbers say nothing.
 */
const UNMISTAKABLE_BYTES = 2 ** 27

/** What an input led to. */
export type Verdict =
  | { readonly kind: 'fine'; readonly signature: number; readonly allocatedBytes: number }
  | { readonly kind: 'failed'; readonly error: Error }

/**
 * Runs one input once, or a few times if it seems to take too much memory. Errors have no stack, which costs more than
 * most inputs do; `stackLimit` is for the one that is looked at.
 */
export function judge(target: Target, bytes: Uint8Array, stackLimit = 0): Verdict {
  const usualLimit = Error.stackTraceLimit
  Error.stackTraceLimit = stackLimit
  try {
    const before = allocatedBytes()
    const signature = target.run(bytes)
    let allocated = allocatedBytes() - before
    const max = target.maxAllocatedBytes(bytes.length)
    if (allocated < 0 || allocated > max) {
      if (allocated < UNMISTAKABLE_BYTES) allocated = measureAllocation(() => void target.run(bytes))
      if (allocated > max) {
        const text = `bytes allocated: expected at most ${max} for an input of ${bytes.length}, got ${allocated}`
        throw new FuzzError('ERR_FUZZ_ALLOCATION', text)
      }
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
