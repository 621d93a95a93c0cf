import { expect, test } from 'vitest'
import { runAll } from '../src/run-all.mjs'

test('every step runs, in order, and one failure makes the whole fail', async () => {
  const ran: string[] = []
  const exitCode = await runAll({
    first: () => Promise.resolve(ran.push('first') - 1),
    second: () => Promise.resolve(ran.push('second') - 1),
    third: () => Promise.resolve(ran.push('third') - 3),
  })
  expect(ran).toEqual(['first', 'second', 'third'])
  expect(exitCode).toBe(1)
})

test('all is well when every step is', async () => {
  expect(await runAll({ first: () => Promise.resolve(0), second: () => Promise.resolve(0) })).toBe(0)
})
