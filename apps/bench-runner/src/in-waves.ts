/** Of many connections, so many are being opened at any time: less than a listener's backlog. */
const WAVE_COUNT = 100

/** Does something with each item, not too many at once. Results are in the order of the items. */
export async function inWaves<Item, Result>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let start = 0; start < items.length; start += WAVE_COUNT) {
    const wave = items.slice(start, start + WAVE_COUNT)
    results.push(...(await Promise.all(wave.map((item, index) => act(item, start + index)))))
  }
  return results
}
