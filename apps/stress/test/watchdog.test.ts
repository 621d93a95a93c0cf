import { expect, test } from 'vitest'
import { Watchdog } from '../src/watchdog.ts'

test('barks when nothing has moved for as long as it was told, and not before', async () => {
  let nowMs = 0
  let looks = 0
  // Each look at the clock is 600 ms after the last; for the first 4 looks the number moves.
  const dog = new Watchdog(
    1000,
    () => Math.min(looks, 4),
    () => {
      looks++
      nowMs += 600
      return nowMs
    },
  )
  await dog.barked
  expect(looks).toBeGreaterThanOrEqual(6)
  dog.stop()
})
