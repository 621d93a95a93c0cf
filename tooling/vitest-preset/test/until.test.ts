import { describe, expect, test } from 'vitest'
import { nextTurn, until } from '../until.ts'

test('it asks on every turn until it is so', async () => {
  let asked = 0
  await until(() => ++asked === 3)
  expect(asked).toBe(3)
})

describe('when the test is over', () => {
  let inVain: Promise<void> | undefined

  test('that still waits', () => {
    inVain = until(() => false)
    inVain.catch(() => undefined) // it is for the next test
  })

  test('it rejects', async () => {
    await nextTurn()
    await expect(inVain).rejects.toThrow('the test was over before this was so: () => false')
  })
})
