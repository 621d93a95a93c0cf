import { expect, test } from 'vitest'
import { CrossingGate } from '../../src/threads/crossing-gate.ts'

test('while it is open nobody waits', () => {
  const gate = new CrossingGate(() => false)
  let grantedCount = 0
  expect(gate.getOrFail()).toBe(true)
  expect(gate.getWhenRoom(1, () => grantedCount++)).toBe(false)
  expect(grantedCount).toBe(1)
  expect(gate.put()).toBe(0)
})

test('who waits is let in once, in order, and those who have left are not', () => {
  let isShut = true
  const gate = new CrossingGate(() => isShut)
  const granted: string[] = []
  const leaving = new AbortController()
  expect(gate.getOrFail()).toBe(false)
  expect(gate.getWhenRoom(1, () => granted.push('first'))).toBe(true)
  expect(gate.getWhenRoom(1, () => granted.push('left'), leaving.signal)).toBe(true)
  expect(gate.getWhenRoom(1, () => granted.push('last'), new AbortController().signal)).toBe(true)
  leaving.abort()
  gate.open()
  expect(granted).toEqual([])
  isShut = false
  gate.open()
  gate.open()
  expect(granted).toEqual(['first', 'last'])
})

test('those behind whom it shuts again wait on, in order', () => {
  let room = 0
  const gate = new CrossingGate(() => room === 0)
  const granted: number[] = []
  for (let index = 0; index < 5; index++) {
    gate.getWhenRoom(1, () => {
      room--
      granted.push(index)
    })
  }
  for (const given of [2, 1, 2]) {
    room = given
    gate.open()
  }
  expect(granted).toEqual([0, 1, 2, 3, 4])
})
