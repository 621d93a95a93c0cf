import type { Arbitrary } from 'fast-check'

/** Something that reads a peer's bytes, and what it promises for all of them. */
export interface Target {
  /** As the command line names it; also the folder of its kept inputs. */
  readonly name: string
  /** Inputs to begin with, apart from those kept in the corpus. Read or made at each call. */
  seeds(): readonly Uint8Array[]
  /** Inputs that make sense, or nearly: with some fields wrong, lengths that lie, parts in another order. */
  readonly structured: Arbitrary<Uint8Array>
  /** The memory that one input of so many bytes may take in all. */
  maxAllocatedBytes(inputLength: number): number
  /** Puts right, in place, what a mutation is bound to break and stops everything behind it: checksums. */
  repair?(bytes: Uint8Array): void
  /**
   * Feeds the input to the code under test. Throws if a promise is broken; errors that the code under test documents
   * are not. Does not change `bytes`, and does the same each time. Returns a number that inputs share if they lead the
   * same way.
   */
  run(bytes: Uint8Array): number
}
