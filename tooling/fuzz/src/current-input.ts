import { MAX_INPUT_LENGTH } from './mutate.ts'

const HEAD_LENGTH = 8

/**
 * The input that a thread is busy with, in memory that another thread sees: so that it is known even if the thread
 * never comes back from it.
 */
export class CurrentInput {
  readonly memory: SharedArrayBuffer
  /** How many inputs were begun, and the length of the last. */
  readonly #head: Int32Array
  readonly #bytes: Uint8Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(HEAD_LENGTH + MAX_INPUT_LENGTH)) {
    this.memory = memory
    this.#head = new Int32Array(memory, 0, 2)
    this.#bytes = new Uint8Array(memory, HEAD_LENGTH)
  }

  /** The thread begins with an input. */
  begin(bytes: Uint8Array): void {
    this.#head[1] = bytes.length
    this.#bytes.set(bytes)
    Atomics.add(this.#head, 0, 1)
  }

  /** Changes with each input. */
  get count(): number {
    return Atomics.load(this.#head, 0)
  }

  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#head[1])
  }
}
