const MIB = 1024 * 1024

/** How much the memory of all processes may grow after a tenth of the run: by half, and by so much for each process. */
const MAX_GROWTH = 0.5
const MAX_GROWTH_PER_PROCESS_BYTES = 64 * MIB

/** The resident memory of all processes together, after a tenth of the run and at its end. In bytes. */
export interface MemoryFigures {
  readonly rssBytesAtTenth: number
  readonly rssBytesAtEnd: number
}

/** The most that all processes may have at the end. */
export function memoryBound(rssBytesAtTenth: number, processCount: number): number {
  return Math.round(rssBytesAtTenth * (1 + MAX_GROWTH)) + processCount * MAX_GROWTH_PER_PROCESS_BYTES
}
