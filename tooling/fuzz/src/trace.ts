import { FuzzError } from './errors.ts'

/** Steps that make up a trace's hash. Beyond, only how many there were counts, roughly. */
const HASHED_STEPS = 24

/**
 * Counts the steps that one input leads to, and tells inputs apart by them: two inputs with the same `signature` took
 * the same way, as far as can be seen from outside.
 */
export class Trace {
  readonly #maxSteps: number
  #count = 0
  #hash = 0x811c_9dc5

  /** More steps than `maxSteps` throw `ERR_FUZZ_STEPS`. */
  constructor(maxSteps: number) {
    this.#maxSteps = maxSteps
  }

  /** One step, of a kind that a small number names. */
  step(kind: number): void {
    if (++this.#count > this.#maxSteps) {
      throw new FuzzError('ERR_FUZZ_STEPS', `steps: expected at most ${this.#maxSteps}, and there are more`)
    }
    if (this.#count <= HASHED_STEPS) this.#mix(kind)
  }

  /** Something that tells inputs apart and is no step. */
  note(fact: string | number): void {
    if (typeof fact === 'number') this.#mix(fact)
    else for (let i = 0; i < fact.length; i++) this.#mix(fact.charCodeAt(i))
  }

  /** A u32. */
  get signature(): number {
    return Math.imul(this.#hash ^ (32 - Math.clz32(this.#count)), 0x0100_0193) >>> 0
  }

  #mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ value, 0x0100_0193)
  }
}
