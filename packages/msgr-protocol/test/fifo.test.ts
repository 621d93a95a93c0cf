import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fifo } from '../src/fifo.ts'

test('a Fifo is an array that is pushed to at the end and shifted at the front', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant('push' as const) },
    { weight: 4, arbitrary: fc.constant('shift' as const) },
    { weight: 1, arbitrary: fc.constant('pop' as const) },
    { weight: 1, arbitrary: fc.constant('reweighLast' as const) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const fifo = new Fifo<number>()
      const model: { item: number; weight: number }[] = []
      steps.forEach((kind, i) => {
        if (kind === 'push') {
          fifo.push(i, i % 7)
          model.push({ item: i, weight: i % 7 })
        } else if (kind === 'shift') expect(fifo.shift()).toBe(model.shift()?.item)
        else if (kind === 'pop') expect(fifo.pop()).toBe(model.pop()?.item)
        else if (kind === 'clear') {
          fifo.clear()
          model.length = 0
        } else if (model.length > 0) {
          fifo.reweighLast(i % 11)
          model.at(-1)!.weight = i % 11
        }
        expect(fifo.length).toBe(model.length)
        expect(fifo.firstWeight).toBe(model[0]?.weight ?? 0)
        expect(fifo.weight).toBe(model.reduce((sum, { weight }) => sum + weight, 0))
      })
      for (let at = 0; at <= model.length; at++) expect(fifo.at(at)).toBe(model[at]?.item)
    }),
  )
})

test('it keeps its order when it grows and shrinks while its head is in the middle of the ring', () => {
  const fifo = new Fifo<number>()
  for (let i = 0; i < 6; i++) fifo.push(i, 0)
  for (let i = 0; i < 5; i++) fifo.shift()
  for (let i = 6; i < 1000; i++) fifo.push(i, 0)
  expect(Array.from({ length: 995 }, () => fifo.shift())).toEqual(Array.from({ length: 995 }, (_, i) => i + 5))
})
