import { expect, test } from 'vitest'
import { GlobalSeq } from '../src/index.ts'

test('numbers begin with 1 and rise by 1', () => {
  const seq = new GlobalSeq()
  expect([seq.next(), seq.next(), seq.next()]).toEqual([1, 2, 3])
})

test('a number is greater than the one that a peer told of, and so are all later ones', () => {
  const seq = new GlobalSeq()
  expect([seq.next(57), seq.next(3), seq.next()]).toEqual([58, 59, 60])
})

test('a peer that tells of the greatest u32 there is leaves numbers for the others', () => {
  const seq = new GlobalSeq()
  expect([seq.next(0xffff_ffff), seq.next(57)]).toEqual([0, 58])
})

test('those that have their memory in common never give a number twice', () => {
  const memory = new Uint32Array(new SharedArrayBuffer(4))
  const seqs = [new GlobalSeq(memory), new GlobalSeq(memory)]
  expect([seqs[0]?.next(), seqs[1]?.next(), seqs[0]?.next(9), seqs[1]?.next()]).toEqual([1, 2, 10, 11])
})
