const U32_COUNT = 0x1_0000_0000

/** Mixes numbers into a u32 that looks random and is the same for the same numbers. Murmur3's finalizer, by Appleby. */
export function mix(seed: number, ...parts: readonly number[]): number {
  let state = seed | 0
  for (const part of parts) state = scramble(Math.imul(state ^ part, 0x9e3779b1) + 0x7f4a7c15)
  return scramble(state) >>> 0
}

function scramble(bits: number): number {
  let mixed = bits ^ (bits >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** Throws the same numbers again for the same seed, so that a run that broke can be run again. */
export class Dice {
  readonly #seed: number
  #count = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** From 0 up to, and not including, 1. */
  fraction(): number {
    return mix(this.#seed, this.#count++) / U32_COUNT
  }

  /** An integer from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.fraction() * count)
  }

  /** One of the items; there must be some. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('there is nothing to pick from')
    return item
  }
}
