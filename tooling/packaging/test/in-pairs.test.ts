import { expect, test } from 'vitest'
import { inPairs } from '../src/in-pairs.mjs'

test('two items are worked on at a time, and results keep the order of the items', async () => {
  let running = 0
  let mostRunning = 0
  const results = await inPairs([3, 1, 2, 0], async (turns) => {
    running++
    mostRunning = Math.max(mostRunning, running)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    running--
    return turns * 10
  })
  expect(results).toEqual([30, 10, 20, 0])
  expect(mostRunning).toBe(2)
})

test('a failure rejects', async () => {
  await expect(inPairs([1], () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})
