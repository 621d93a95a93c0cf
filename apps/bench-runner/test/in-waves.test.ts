import { expect, test } from 'vitest'
import { inWaves } from '../src/in-waves.ts'

test('every item has its turn, in order, and not more than a hundred at once', async () => {
  let underWay = 0
  let most = 0
  const items = Array.from({ length: 250 }, (_, index) => index)
  const results = await inWaves(items, async (item, index) => {
    most = Math.max(most, ++underWay)
    await Promise.resolve()
    underWay--
    return [item, index]
  })
  expect(results).toEqual(items.map((item) => [item, item]))
  expect(most).toBe(100)
})
