import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FdLedger } from '../../src/threads/fd-ledger.ts'

test('what one side enters and does not strike, the other takes, once and in order', () => {
  const memory = FdLedger.allocate()
  const [worker, messenger] = [new FdLedger(memory), new FdLedger(memory)]
  for (const fd of [1_048_575, 63, 0, 31, 32, 5, 5]) worker.enter(fd)
  worker.strike(32)
  worker.strike(40)
  expect(messenger.takeAll()).toEqual([0, 5, 31, 63, 1_048_575])
  expect(messenger.takeAll()).toEqual([])
})

test('a descriptor for which there is no room is not entered, and strikes no other', () => {
  const ledger = new FdLedger(FdLedger.allocate())
  ledger.enter(0)
  ledger.enter(1_048_576)
  ledger.strike(1_048_576)
  expect(ledger.takeAll()).toEqual([0])
})

test('it holds what a set would hold', () => {
  const step = fc.record({ isEntered: fc.boolean(), fd: fc.nat(100) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const ledger = new FdLedger(FdLedger.allocate())
      const model = new Set<number>()
      for (const { isEntered, fd } of steps) {
        if (isEntered) {
          ledger.enter(fd)
          model.add(fd)
        } else {
          ledger.strike(fd)
          model.delete(fd)
        }
      }
      expect(ledger.takeAll()).toEqual([...model].sort((a, b) => a - b))
    }),
    { numRuns: 50 },
  )
})
