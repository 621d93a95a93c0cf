import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Throttle } from '../src/throttle.ts'

test('the count is what was taken and not given back', () => {
  const throttle = new Throttle(100)
  expect(throttle.getOrFail(30)).toBe(true)
  expect(throttle.take(20)).toBe(50)
  expect(throttle.put(10)).toBe(40)
  expect([throttle.current, throttle.max]).toEqual([40, 100])
})

test('take never waits, whatever the limit', () => {
  const throttle = new Throttle(10)
  throttle.take(10)
  expect(throttle.take(10)).toBe(20)
})

test('0 stands for no limit, and is counted all the same', () => {
  const throttle = new Throttle(0)
  expect(throttle.getOrFail(1e9)).toBe(true)
  expect(throttle.current).toBe(1e9)
})

test('a request larger than the limit is let through once the count is within it, and nothing after it', () => {
  const throttle = new Throttle(10)
  expect(throttle.getOrFail(5)).toBe(true)
  expect(throttle.getOrFail(20)).toBe(true)
  expect(throttle.getOrFail(1)).toBe(false)
  expect(throttle.getOrFail(20)).toBe(false)
  throttle.put(20)
  expect(throttle.getOrFail(5)).toBe(true)
})

test('who waits is served in the order of coming, as far as there is room', () => {
  const throttle = new Throttle(10)
  const served: string[] = []
  throttle.take(10)
  expect(throttle.getWhenRoom(8, () => served.push('a'))).toBe(true)
  expect(throttle.getWhenRoom(1, () => served.push('b'))).toBe(true)
  throttle.put(5)
  // b would fit, but is behind a.
  expect(served).toEqual([])
  throttle.put(3)
  expect(served).toEqual(['a'])
  throttle.put(8)
  expect(served).toEqual(['a', 'b'])
  expect(throttle.current).toBe(3)
})

test('while somebody waits nobody else gets in, even if there is room for him', () => {
  const throttle = new Throttle(10)
  throttle.take(5)
  throttle.getWhenRoom(8, () => undefined)
  expect(throttle.getOrFail(1)).toBe(false)
})

test('who leaves the line lets those behind him in', () => {
  const throttle = new Throttle(10)
  const served: string[] = []
  throttle.take(5)
  const leaving = new AbortController()
  throttle.getWhenRoom(8, () => served.push('a'), leaving.signal)
  throttle.getWhenRoom(2, () => served.push('b'))
  leaving.abort()
  expect(served).toEqual(['b'])
  expect([throttle.current, throttle.waiterCount]).toEqual([7, 0])
  leaving.abort()
  expect(throttle.current).toBe(7)
})

test('a larger limit lets in who waits', () => {
  const throttle = new Throttle(10)
  let served = 0
  throttle.take(10)
  throttle.getWhenRoom(10, () => served++)
  throttle.resetMax(20)
  expect(served).toBe(1)
  expect(throttle.isPastMidpoint).toBe(true)
})

test('the promise tells whether it had to wait, and rejects when the wait is ended', async () => {
  const throttle = new Throttle(10)
  expect(await throttle.get(10)).toBe(false)
  const waiting = throttle.get(5)
  throttle.put(10)
  expect(await waiting).toBe(true)

  throttle.take(5)
  const leaving = new AbortController()
  const ended = throttle.get(5, leaving.signal)
  leaving.abort(new Error('no longer wanted'))
  await expect(ended).rejects.toThrow('no longer wanted')
  await expect(throttle.get(1, leaving.signal)).rejects.toThrow('no longer wanted')
  expect(throttle.current).toBe(10)
})

test.each([
  [() => new Throttle(-1), 'max: expected a safe integer of at least 0, got -1'],
  [() => new Throttle(10).getOrFail(1.5), 'count: expected a safe integer of at least 0, got 1.5'],
  [() => new Throttle(10).put(1), 'count to give back: expected at most 0, which is taken, got 1'],
])('misuse is an error that says what was expected', (misuse, text) => {
  expect(misuse).toThrow(text)
  expect(misuse).toThrow(expect.objectContaining({ code: 'ERR_DISPATCHER_THROTTLE' }))
})

// Ceph's rule, as it is written down, against every sequence of requests.
test('a request waits exactly when the rule says so', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.array(fc.nat(30), { maxLength: 40 }), (max, requests) => {
      const throttle = new Throttle(max)
      let current = 0
      for (const count of requests) {
        const waits = max !== 0 && ((count <= max && current + count > max) || (count >= max && current > max))
        expect(throttle.getOrFail(count)).toBe(!waits)
        if (!waits) current += count
        else if (current > 0) {
          throttle.put(current)
          current = 0
        }
        expect(throttle.current).toBe(current)
      }
    }),
  )
})
