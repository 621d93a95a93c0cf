import { allocateCleared, type Allocate } from './allocate.ts'
import { BodyPool } from './body-pool.ts'
import { GrowingSlab } from './growing-slab.ts'
import { MAX_OUTPUT_SLAB_SIZE } from './output-bytes.ts'

/**
 * Memory for the wires of one thread. What they read and write goes side by side, whichever of them it is of: the next
 * message of any connection finds memory that is in the processor's cache, and a connection that is quiet holds none.
 */
export class WireMemory {
  /** For bodies too large for the pool. */
  readonly allocate: Allocate
  readonly bodies: BodyPool
  readonly output: GrowingSlab

  /** By default memory is cleared, which costs time and is of no use. */
  constructor(allocate: Allocate = allocateCleared) {
    this.allocate = allocate
    this.bodies = new BodyPool(allocate)
    this.output = new GrowingSlab(MAX_OUTPUT_SLAB_SIZE, allocate)
  }
}
