import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClassLedger, type Receipt } from '../src/class-ledger.ts'

function receiveAll(seqs: readonly number[]): { receipts: Receipt[]; ledger: ClassLedger } {
  const ledger = new ClassLedger()
  return { receipts: seqs.map((seq) => ledger.receive(seq)), ledger }
}

test.each<{ what: string; seqs: number[]; receipts: Receipt[]; missing: number[] }>([
  { what: 'nothing', seqs: [], receipts: [], missing: [] },
  { what: 'each once and in order', seqs: [0, 1, 2], receipts: ['inOrder', 'inOrder', 'inOrder'], missing: [] },
  { what: 'one lost', seqs: [0, 2], receipts: ['inOrder', 'early'], missing: [1] },
  { what: 'several lost', seqs: [3], receipts: ['early'], missing: [0, 1, 2] },
  { what: 'one doubled at once', seqs: [0, 0], receipts: ['inOrder', 'double'], missing: [] },
  { what: 'one doubled later', seqs: [0, 1, 0], receipts: ['inOrder', 'inOrder', 'double'], missing: [] },
  { what: 'two swapped', seqs: [1, 0, 2], receipts: ['early', 'late', 'inOrder'], missing: [] },
  { what: 'a late one doubled', seqs: [1, 0, 0], receipts: ['early', 'late', 'double'], missing: [] },
])('sees $what', ({ seqs, receipts, missing }) => {
  const { receipts: got, ledger } = receiveAll(seqs)
  expect(got).toEqual(receipts)
  expect(ledger.firstMissing).toEqual(missing)
  expect(ledger.missingCount).toBe(missing.length)
})

test('whatever happens to a run of messages is seen, and nothing else', () => {
  const arrivals = fc.array(fc.nat(20), { maxLength: 40 })
  fc.assert(
    fc.property(arrivals, (seqs) => {
      const { receipts, ledger } = receiveAll(seqs)
      const distinct = new Set(seqs)
      const end = Math.max(-1, ...seqs) + 1
      expect(ledger.next).toBe(end)
      expect(receipts.filter((receipt) => receipt === 'double')).toHaveLength(seqs.length - distinct.size)
      expect(ledger.missingCount).toBe(end - distinct.size)
      const firsts = seqs.filter((seq, index) => seqs.indexOf(seq) === index)
      const isPerfect = firsts.length === seqs.length && firsts.every((seq, index) => seq === index)
      expect(receipts.every((receipt) => receipt === 'inOrder')).toBe(isPerfect)
      const lateCount = firsts.filter((seq, index) => firsts.slice(0, index).some((before) => before > seq)).length
      expect(receipts.filter((receipt) => receipt === 'late')).toHaveLength(lateCount)
    }),
  )
})

test('what is forgiven may come or not, and what follows is due as before', () => {
  const { ledger } = receiveAll([0, 2])
  expect(ledger.forgiveBelow(5)).toBe(3) // 1, 3 and 4
  expect(ledger.missingCount).toBe(0)
  expect([1, 4, 2].map((seq) => ledger.receive(seq))).toEqual(['forgiven', 'forgiven', 'forgiven'])
  expect([5, 7, 5].map((seq) => ledger.receive(seq))).toEqual(['inOrder', 'early', 'double'])
})

test('forgiving what has come already changes nothing', () => {
  const { ledger } = receiveAll([0, 1, 2])
  expect(ledger.forgiveBelow(2)).toBe(0)
  expect([2, 3].map((seq) => ledger.receive(seq))).toEqual(['double', 'inOrder'])
})

test('a gap that is forgiven ends with the next message, which must not be an old one', () => {
  const { ledger } = receiveAll([0, 2])
  ledger.forgiveGap()
  expect(ledger.missingCount).toBe(0)
  expect([2, 7, 8, 10].map((seq) => ledger.receive(seq))).toEqual(['double', 'inOrder', 'inOrder', 'early'])
  expect(ledger.firstMissing).toEqual([9])
})

// The account of a client that gives up all that is under way now and then, against two sets.
test('with things forgiven in between it agrees with a naive account', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('receive' as const), seq: fc.nat(15) }),
    fc.record({ kind: fc.constant('forgive' as const), seq: fc.nat(15) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const ledger = new ClassLedger()
      const here = new Set<number>()
      let forgivenBelow = 0
      let next = 0
      const due = (below: number): number[] =>
        Array.from({ length: below }, (_, seq) => seq).filter((seq) => seq >= forgivenBelow && !here.has(seq))
      for (const { kind, seq } of steps) {
        if (kind === 'forgive') {
          expect(ledger.forgiveBelow(seq)).toBe(due(seq).length)
          forgivenBelow = Math.max(forgivenBelow, seq)
          next = Math.max(next, seq)
        } else {
          const isNew = !here.has(seq) && seq >= forgivenBelow
          const expected = seq < forgivenBelow ? 'forgiven' : !isNew ? 'double' : seq < next ? 'late' : undefined
          expect(ledger.receive(seq)).toBe(expected ?? (seq === next ? 'inOrder' : 'early'))
          here.add(seq)
          next = Math.max(next, seq + 1)
        }
        expect(ledger.missingCount).toBe(due(next).length)
      }
    }),
  )
})
