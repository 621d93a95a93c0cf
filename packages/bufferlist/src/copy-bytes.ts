/** Below this, moving bytes one by one costs less than a view and a call of `set`. */
const MIN_LENGTH_TO_SET = 64

/** Copies `source[start..end)` to `target` at `at`. The ranges must lie within the arrays, and must not overlap. */
export function copyBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  if (end - start < MIN_LENGTH_TO_SET) for (let i = start; i < end; i++) target[at + i - start] = source[i] ?? 0
  else target.set(end - start === source.length ? source : source.subarray(start, end), at)
}
