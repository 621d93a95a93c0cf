import fc from 'fast-check'
import { judge, judgeQuickly, type Verdict } from './judge.ts'
import { MAX_INPUT_LENGTH, mutate } from './mutate.ts'
import { Random } from './random.ts'
import type { Target } from './target.ts'

/** Inputs that are kept because they led another way than all before. */
const MAX_POOL = 4096
const STRUCTURED_BATCH = 64

/** What a lane has done so far. */
export interface LaneFigures {
  readonly inputs: number
  readonly signatures: number
  /** The most that an input took. */
  readonly maxAllocatedBytes: number
}

/** An input that failed. */
export interface Failure {
  readonly bytes: Uint8Array
  readonly error: Error
}

/**
 * One sequence of inputs for one target: kept ones, then what mutation makes of them, of structured ones, and of those
 * of its own that led another way than all before. The target, the kept inputs and the seed determine all of it.
 */
export class Lane {
  readonly #target: Target
  readonly #random: Random
  readonly #kept: readonly Uint8Array[]
  readonly #pool: Uint8Array[]
  readonly #signatures = new Set<number>()
  #structured: Uint8Array[] = []
  #inputs = 0
  #maxAllocatedBytes = 0

  constructor(target: Target, kept: readonly Uint8Array[], seed: number) {
    this.#target = target
    this.#random = new Random(seed)
    this.#kept = [...kept, ...target.seeds()]
    this.#pool = [...this.#kept, new Uint8Array(0)]
  }

  get figures(): LaneFigures {
    const { size: signatures } = this.#signatures
    return { inputs: this.#inputs, signatures, maxAllocatedBytes: this.#maxAllocatedBytes }
  }

  get signatures(): ReadonlySet<number> {
    return this.#signatures
  }

  /** The next input. */
  next(): Uint8Array {
    return this.#kept[this.#inputs] ?? this.#make()
  }

  /** Runs the next `count` inputs, or those up to one that fails. `announce` is told of each before it is run. */
  run(count: number, announce: (bytes: Uint8Array) => void = () => undefined): Failure | undefined {
    for (let i = 0; i < count; i++) {
      const bytes = this.next()
      announce(bytes)
      const verdict = this.#judge(bytes)
      this.#inputs++
      if (verdict.kind === 'failed') return { bytes, error: verdict.error }
      this.#maxAllocatedBytes = Math.max(this.#maxAllocatedBytes, verdict.allocatedBytes)
      if (this.#signatures.has(verdict.signature)) continue
      this.#signatures.add(verdict.signature)
      this.#keep(bytes)
    }
    return undefined
  }

  /** With care if the input leads another way than all before. */
  #judge(bytes: Uint8Array): Verdict {
    const verdict = judgeQuickly(this.#target, bytes)
    const isKnown = verdict.kind === 'failed' || this.#signatures.has(verdict.signature)
    return isKnown ? verdict : judge(this.#target, bytes)
  }

  #make(): Uint8Array {
    const random = this.#random
    const choice = random.below(16)
    if (choice === 0) return this.#nextStructured()
    const base = choice === 1 ? this.#nextStructured() : this.#pick()
    const bytes = mutate(random, base, this.#pick())
    // Without, hardly anything behind a checksum would ever be reached; always, and the checks would not be.
    if (!random.oneIn(4)) this.#target.repair?.(bytes)
    return bytes
  }

  /** One of the pool: half of the time one of the latest. */
  #pick(): Uint8Array {
    const recent = this.#random.oneIn(2) ? this.#pool.slice(-32) : this.#pool
    return this.#random.pick(recent)
  }

  #keep(bytes: Uint8Array): void {
    if (this.#pool.length < MAX_POOL) this.#pool.push(bytes)
    else this.#pool[this.#kept.length + this.#random.below(MAX_POOL - this.#kept.length)] = bytes
  }

  #nextStructured(): Uint8Array {
    if (this.#structured.length === 0) {
      const seed = this.#random.next() | 0
      this.#structured = fc.sample(this.#target.structured, { numRuns: STRUCTURED_BATCH, seed })
    }
    return (this.#structured.pop() ?? new Uint8Array(0)).slice(0, MAX_INPUT_LENGTH)
  }
}
