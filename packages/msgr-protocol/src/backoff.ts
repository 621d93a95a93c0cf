/** How long to wait before the next attempt: the first wait, then twice the last one, up to a limit. Milliseconds. */
export function nextBackoff(lastMs: number, limits: { initialBackoffMs: number; maxBackoffMs: number }): number {
  const next = lastMs === 0 ? limits.initialBackoffMs : lastMs * 2
  return Math.min(next, limits.maxBackoffMs)
}
