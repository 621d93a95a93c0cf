/** Pseudo-random numbers that a seed determines: Chris Doty-Humphrey's sfc32. */
export class Random {
  #a: number
  #b: number
  #c = 0
  #counter = 1

  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = Math.imul(seed, 0x9e37_79b1)
    // The first numbers of seeds that resemble each other do as well.
    for (let i = 0; i < 12; i++) this.next()
  }

  /** A u32. */
  next(): number {
    const value = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + value) | 0
    return value >>> 0
  }

  /** From 0 up to, not including, `limit`, which is at most 2^32. */
  below(limit: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * limit)
  }

  /** True one time in `count`. */
  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  /** One of the items; there must be one. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('expected items to choose from, got none')
    return item
  }
}

/** A seed for what `names` name, different for each: FNV-1a of their text. */
export function seedFor(seed: number, ...names: readonly (string | number)[]): number {
  let hash = 0x811c_9dc5
  for (const char of [seed, ...names].join('/')) hash = Math.imul(hash ^ char.charCodeAt(0), 0x0100_0193)
  return hash >>> 0
}
