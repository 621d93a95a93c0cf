import { expect, test } from 'vitest'
import { EarlyWrites } from '../src/early-writes.ts'

/** After how many messages each is written, of so many that are sent in a turn; a write is worth eight. */
function writesOf(writes: EarlyWrites, messageCount: number): number[] {
  const counts: number[] = []
  let waiting = 0
  for (let count = 0; count < messageCount; count++) {
    waiting++
    if (!writes.isDue({ writesWaiting: waiting / 8 })) continue
    counts.push(waiting)
    waiting = 0
  }
  return counts
}

test('the first comes as soon as it is worth it, each further one is twice as large, up to eight times', () => {
  expect(writesOf(new EarlyWrites(), 300)).toEqual([8, 16, 32, 64, 64, 64])
})

test('each turn begins with the smallest', () => {
  const writes = new EarlyWrites()
  expect(writesOf(writes, 50)).toEqual([8, 16])
  writes.turnEnded()
  expect(writesOf(writes, 30)).toEqual([8, 16])
})
