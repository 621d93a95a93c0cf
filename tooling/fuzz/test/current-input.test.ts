import { expect, test } from 'vitest'
import { CurrentInput } from '../src/current-input.ts'
import { MAX_INPUT_LENGTH } from '../src/mutate.ts'

test('what one side begins, the other side sees', () => {
  const ours = new CurrentInput()
  const theirs = new CurrentInput(ours.memory)
  expect(ours.count).toBe(0)
  theirs.begin(Uint8Array.of(1, 2, 3))
  expect([ours.count, ...ours.bytes]).toEqual([1, 1, 2, 3])
  theirs.begin(new Uint8Array(MAX_INPUT_LENGTH).fill(7))
  theirs.begin(Uint8Array.of(4))
  expect([ours.count, ...ours.bytes]).toEqual([3, 4])
})
