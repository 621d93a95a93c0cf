import { expect, test } from 'vitest'
import { chooseSuites } from '../src/choose-suites.ts'
import type { Suite } from '../src/suite.ts'

const suite = (name: string): Suite => ({
  name,
  run: () => Promise.resolve({ results: [], leftOut: [], failures: [] }),
})
const known = ['echo', 'bufferlist', 'queue'].map(suite)
const chosen = (names: readonly string[], isQuick: boolean): string[] =>
  chooseSuites(known, names, isQuick).map(({ name }) => name)

test('without names all suites run; in a hurry the first alone', () => {
  expect(chosen([], false)).toEqual(['echo', 'bufferlist', 'queue'])
  expect(chosen([], true)).toEqual(['echo'])
})

test('suites that are named run once each, in the order in which they are known', () => {
  expect(chosen(['queue', 'echo', 'queue'], true)).toEqual(['echo', 'queue'])
})

test('a name that no suite has is refused, with those that there are', () => {
  expect(() => chosen(['echo', 'nothing'], false)).toThrow(
    expect.objectContaining({
      code: 'ERR_BENCH_ARGUMENT',
      message: 'expected the name of a suite (echo, bufferlist, queue), got nothing',
    }) as Error,
  )
})
