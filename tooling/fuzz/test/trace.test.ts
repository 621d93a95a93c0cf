import { expect, test } from 'vitest'
import { Trace } from '../src/trace.ts'

function signatureOf(steps: readonly number[], note: string | number = 0): number {
  const trace = new Trace(1000)
  for (const step of steps) trace.step(step)
  trace.note(note)
  return trace.signature
}

test('another way has another signature, and the same way the same', () => {
  const signatures = [signatureOf([1, 2]), signatureOf([2, 1]), signatureOf([1]), signatureOf([1, 2], 'x')]
  expect(new Set(signatures).size).toBe(4)
  expect(signatureOf([1, 2])).toBe(signatures[0])
})

test('of a long way only the beginning counts, and how long it is, roughly', () => {
  const steps = new Array<number>(100).fill(1)
  expect(signatureOf([...steps, 5])).toBe(signatureOf([...steps, 6]))
  expect(signatureOf(steps)).not.toBe(signatureOf([...steps, ...steps]))
})

test('more steps than allowed are an error', () => {
  const trace = new Trace(2)
  trace.step(1)
  trace.step(1)
  expect(() => {
    trace.step(1)
  }).toThrow('steps: expected at most 2, and there are more')
})
