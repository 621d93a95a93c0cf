/**
 * Does asynchronous work for every item, two at a time, and gives the results in the items' order. The first failure
 * rejects.
 *
 * @template T, R
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
export async function inPairs(items, work) {
  /** @type {R[]} */
  const results = []
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(/** @type {T} */ (items[index]))
    }
  }
  await Promise.all([lane(), lane()])
  return results
}
