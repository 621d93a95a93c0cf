/** How far a connection has come, as its worker tells it. */
export interface Progress {
  readonly isConnected: boolean
  readonly queuedCount: number
  readonly unackedCount: number
  readonly queuedBytes: number
  /** Messages that the worker has taken from the ring for this connection, ever, and what they weighed. */
  readonly takenCount: number
  readonly takenBytes: number
  readonly lastKeepaliveMs: number | undefined
  readonly lastKeepaliveAckMs: number | undefined
}

/** Bytes of a record, with the eight that all records begin with. */
export const PROGRESS_SIZE = 72

export function writeProgress(progress: Progress, view: DataView, at: number): void {
  view.setFloat64(at + 8, progress.isConnected ? 1 : 0, true)
  view.setFloat64(at + 16, progress.queuedCount, true)
  view.setFloat64(at + 24, progress.unackedCount, true)
  view.setFloat64(at + 32, progress.queuedBytes, true)
  view.setFloat64(at + 40, progress.takenCount, true)
  view.setFloat64(at + 48, progress.takenBytes, true)
  view.setFloat64(at + 56, progress.lastKeepaliveMs ?? Number.NaN, true)
  view.setFloat64(at + 64, progress.lastKeepaliveAckMs ?? Number.NaN, true)
}

export function readProgress(view: DataView, at: number): Progress {
  const number = (index: number): number => view.getFloat64(at + 8 * index, true)
  const stamp = (index: number): number | undefined => {
    const value = number(index)
    return Number.isNaN(value) ? undefined : value
  }
  return {
    isConnected: number(1) === 1,
    queuedCount: number(2),
    unackedCount: number(3),
    queuedBytes: number(4),
    takenCount: number(5),
    takenBytes: number(6),
    lastKeepaliveMs: stamp(7),
    lastKeepaliveAckMs: stamp(8),
  }
}
