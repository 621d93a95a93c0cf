import { nextTurn } from '@msgr-tooling/vitest-preset/until'
import { expect, test } from 'vitest'
import { WakefulLoop } from '../src/wakeful-loop.ts'

interface Staged {
  readonly clock: { nowMs: number }
  readonly loop: WakefulLoop
}

/** A loop that stays awake for 50 µs by a clock of the test's own, in milliseconds. */
function makeLoop(awakeMicros = 50): Staged {
  const clock = { nowMs: 7 }
  return { clock, loop: new WakefulLoop(awakeMicros, () => clock.nowMs) }
}

/** Whether it is still awake when the clock has gone on and the loop had its turns. */
async function isAwakeAfter({ clock, loop }: Staged, micros: number): Promise<boolean> {
  clock.nowMs += micros / 1000
  await nextTurn()
  await nextTurn()
  return loop.isAwake
}

test('the loop is awake for as long as was asked for after there was work, and no longer', async () => {
  const staged = makeLoop()
  expect(staged.loop.isAwake).toBe(false)
  staged.loop.stay()
  for (let turn = 0; turn < 5; turn++) expect(await isAwakeAfter(staged, 0)).toBe(true)
  expect(await isAwakeAfter(staged, 49)).toBe(true)
  expect(await isAwakeAfter(staged, 1)).toBe(false)
})

test('more work begins the while anew', async () => {
  const staged = makeLoop()
  staged.loop.stay()
  expect(await isAwakeAfter(staged, 40)).toBe(true)
  staged.loop.stay()
  expect(await isAwakeAfter(staged, 40)).toBe(true)
  expect(await isAwakeAfter(staged, 10)).toBe(false)
  staged.loop.stay()
  expect(staged.loop.isAwake).toBe(true)
  staged.loop.stop()
})

test('it may sleep at once when it is stopped, or was never to stay awake', () => {
  const { loop } = makeLoop()
  loop.stay()
  loop.stop()
  expect(loop.isAwake).toBe(false)
  const never = makeLoop(0).loop
  never.stay()
  expect(never.isAwake).toBe(false)
})
