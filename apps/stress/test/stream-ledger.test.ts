import { expect, test } from 'vitest'
import { PRIORITIES } from '../src/message-id.ts'
import { StreamLedger } from '../src/stream-ledger.ts'

test('each class has an account of its own', () => {
  const ledger = new StreamLedger()
  expect([ledger.receive(0, 0), ledger.receive(3, 0), ledger.receive(3, 1), ledger.receive(0, 1)]).toEqual([
    'inOrder',
    'inOrder',
    'inOrder',
    'inOrder',
  ])
  expect(ledger.nexts).toEqual([2, 0, 0, 2])
})

test('says which messages are missing, by their priority', () => {
  const ledger = new StreamLedger()
  ledger.receive(1, 2)
  ledger.receive(2, 9)
  expect(ledger.missingCount).toBe(11)
  expect(ledger.missing).toEqual(['priority 127: 0, 1', 'priority 196: 0, 1, 2, …'])
})

test('forgives up to a number in each class, and counts what was due', () => {
  const ledger = new StreamLedger()
  ledger.receive(1, 2)
  expect(ledger.forgiveBelow([1, 4, 0, 0])).toBe(4) // one of the first, 0, 1 and 3 of the second
  expect(ledger.nexts).toEqual([1, 4, 0, 0])
  expect(ledger.missingCount).toBe(0)
})

test('a gap is forgiven in every class', () => {
  const ledger = new StreamLedger()
  ledger.forgiveGap()
  expect(PRIORITIES.map((_, index) => ledger.receive(index, 5))).toEqual(PRIORITIES.map(() => 'inOrder'))
})

test('a class that does not exist is an error', () => {
  expect(() => new StreamLedger().receive(4, 0)).toThrow('expected a class below 4, got 4')
})
