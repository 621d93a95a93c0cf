/** The same numbers for the same seed, so that two threads can draw the same ones. Each call gives one below `limit`. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}
