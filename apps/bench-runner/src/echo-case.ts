/** What is sent and how many at once. */
export interface EchoCase {
  readonly name: string
  readonly payloadBytes: number
  /** Messages that are under way at any time. */
  readonly depth: number
}

/** The cases of the suite `echo`, in order. */
export const echoCases: readonly EchoCase[] = [
  { name: '64B-d1', payloadBytes: 64, depth: 1 },
  { name: '64B-d64', payloadBytes: 64, depth: 64 },
  { name: '4KiB-d1', payloadBytes: 4096, depth: 1 },
  { name: '4KiB-d64', payloadBytes: 4096, depth: 64 },
]
