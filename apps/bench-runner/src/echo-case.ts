/** What is sent, over how many connections, and how many at once. */
export interface EchoCase {
  readonly name: string
  readonly payloadBytes: number
  readonly connectionCount: number
  /** Messages that are under way at any time, on each connection. */
  readonly depth: number
  /**
   * If given, messages go when they are due, so many a second on all connections together, whether or not replies have
   * come; and their latency counts from when they were due, so that a subject that falls behind cannot hide it. The
   * depth is of no account then.
   */
  readonly ratePerSecond?: number
}

/** The cases of the suite `echo`, in order. */
export const echoCases: readonly EchoCase[] = [
  { name: '64B-d1', payloadBytes: 64, connectionCount: 1, depth: 1 },
  { name: '64B-d64', payloadBytes: 64, connectionCount: 1, depth: 64 },
  { name: '4KiB-d64', payloadBytes: 4096, connectionCount: 1, depth: 64 },
  { name: '64KiB-d8', payloadBytes: 0x1_0000, connectionCount: 1, depth: 8 },
  { name: '1MiB-d4', payloadBytes: 0x10_0000, connectionCount: 1, depth: 4 },
  { name: '64B-5k/s', payloadBytes: 64, connectionCount: 1, depth: 1, ratePerSecond: 5_000 },
  { name: '64B-20k/s', payloadBytes: 64, connectionCount: 1, depth: 1, ratePerSecond: 20_000 },
]
