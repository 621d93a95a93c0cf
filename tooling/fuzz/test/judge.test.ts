import { expect, test } from 'vitest'
import { FuzzError } from '../src/errors.ts'
import { failureKey, judge } from '../src/judge.ts'
import { toyTarget } from './toy-target.ts'

const INPUT = Uint8Array.of(1, 2, 3)

/** Memory that nobody keeps. */
let dropped: unknown

test('an input that keeps its promises is fine, with its signature', () => {
  expect(
    judge(
      toyTarget(() => 7),
      INPUT,
    ),
  ).toMatchObject({ kind: 'fine', signature: 7 })
})

test('an error that comes out fails it', () => {
  const error = new TypeError('no')
  const target = toyTarget(() => {
    throw error
  })
  expect(judge(target, INPUT)).toEqual({ kind: 'failed', error })
})

test.each([
  ['one large buffer', () => new Uint8Array(4 * 2 ** 20)],
  ['a buffer of gigabytes', () => new ArrayBuffer(3 * 2 ** 30)],
  ['memory of a Buffer', () => Buffer.allocUnsafe(2 ** 20)],
  ['a sparse array made dense', () => new Array<number>(2 ** 20).fill(0)],
  ['many small things', () => Array.from({ length: 50_000 }, (_, i) => ({ i }))],
  ['a text that grows', () => Array.from({ length: 2 ** 18 }, (_, i) => String.fromCharCode(i % 512)).join('')],
  ['garbage of which nothing stays', () => Array.from({ length: 400 }, () => new Uint8Array(100_000)).length],
])('%s is noticed', (_what, allocate) => {
  const target = toyTarget(() => {
    dropped = allocate()
    return dropped === undefined ? 0 : 1
  })
  const verdict = judge(target, INPUT)
  dropped = undefined
  expect(verdict).toMatchObject({ kind: 'failed', error: { code: 'ERR_FUZZ_ALLOCATION' } })
})

test('what is allocated once, as for a cache, is not held against the input', () => {
  const cache: Uint8Array[] = []
  const target = toyTarget(() => {
    if (cache.length === 0) cache.push(new Uint8Array(2 ** 20))
    return cache.length
  })
  expect(judge(target, INPUT)).toMatchObject({ kind: 'fine' })
})

test('errors have no stack, unless it is asked for, and those of others keep theirs', () => {
  const target = toyTarget(() => {
    throw new FuzzError('ERR_FUZZ_PROMISE', 'broken')
  })
  const stackOf = (limit?: number): string => {
    const verdict = judge(target, INPUT, limit)
    return verdict.kind === 'failed' ? (verdict.error.stack ?? '') : ''
  }
  expect(stackOf()).not.toContain('\n')
  expect(stackOf(10)).toContain('judge.test.ts')
  expect(new Error('usual').stack).toContain('\n')
})

test('failures that differ in numbers only are the same defect', () => {
  const key = (text: string): string => failureKey(new FuzzError('ERR_FUZZ_PROMISE', text))
  expect(key('expected 0x1f0a, got 17')).toBe(key('expected 0x2, got 5'))
  expect(key('expected a')).not.toBe(key('expected b'))
})
