import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fifo } from '../src/fifo.ts'

test('a Fifo is an array that is pushed to at the end and shifted at the front', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant('push' as const) },
    { weight: 4, arbitrary: fc.constant('shift' as const) },
    { weight: 1, arbitrary: fc.constant('pop' as const) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const fifo = new Fifo<number>()
      const model: number[] = []
      steps.forEach((kind, i) => {
        if (kind === 'push') {
          fifo.push(i)
          model.push(i)
        } else if (kind === 'shift') expect(fifo.shift()).toBe(model.shift())
        else if (kind === 'pop') expect(fifo.pop()).toBe(model.pop())
        else {
          fifo.clear()
          model.length = 0
        }
        expect(fifo.length).toBe(model.length)
      })
      for (let at = 0; at <= model.length; at++) expect(fifo.at(at)).toBe(model[at])
    }),
  )
})

test('it keeps its order when it grows and shrinks while its head is in the middle of the ring', () => {
  const fifo = new Fifo<number>()
  for (let i = 0; i < 6; i++) fifo.push(i)
  for (let i = 0; i < 5; i++) fifo.shift()
  for (let i = 6; i < 100; i++) fifo.push(i)
  expect(Array.from({ length: 95 }, () => fifo.shift())).toEqual(Array.from({ length: 95 }, (_, i) => i + 5))
})
