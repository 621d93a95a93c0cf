import { expect, test } from 'vitest'
import { LatestValue } from '../src/latest-value.ts'

const nothing = (): void => undefined
const over = { done: true, value: undefined }

test('who is slow gets only the newest, once', async () => {
  const values = new LatestValue<number>(nothing)
  values.push(1)
  values.push(2)
  expect(await values.next()).toEqual({ done: false, value: 2 })
  const next = values.next()
  values.push(3)
  expect(await next).toEqual({ done: false, value: 3 })
})

test('who waits gets what comes next, in the order of asking', async () => {
  const values = new LatestValue<number>(nothing)
  const asked = [values.next(), values.next(), values.next()]
  values.push(1)
  values.push(2)
  values.end()
  expect(await Promise.all(asked)).toEqual([{ done: false, value: 1 }, { done: false, value: 2 }, over])
})

test('an end leaves what was not read', async () => {
  const values = new LatestValue<number>(nothing)
  values.push(1)
  values.end()
  values.push(2)
  expect([await values.next(), await values.next()]).toEqual([{ done: false, value: 1 }, over])
})

test('a return drops what was not read, ends who waits, and tells its owner', async () => {
  let returned = 0
  const values = new LatestValue<number>(() => returned++)
  const asked = values.next()
  expect(await values.return()).toEqual(over)
  values.push(1)
  expect([await asked, await values.next(), returned]).toEqual([over, over, 1])
})

test('a loop that is left returns', async () => {
  let returned = 0
  const values = new LatestValue<number>(() => returned++)
  values.push(1)
  for await (const value of values) {
    expect(value).toBe(1)
    break
  }
  expect(returned).toBe(1)
})
