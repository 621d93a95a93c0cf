import { expect, test } from 'vitest'
import { openFileLimit, openFileProblem } from '../src/open-file-limit.ts'

test('connections and some more files must be allowed', () => {
  expect(openFileProblem(10_000, 10_200)).toBe(undefined)
  expect(openFileProblem(10_000, 10_199)).toBe(
    '10000 connections need a limit of 10200 open files, and it is 10199: raise it with "ulimit -Hn 10200", as root',
  )
})

test('the limit is that of this process', () => {
  expect(openFileLimit()).toBeGreaterThan(100)
  expect(openFileProblem(1)).toBe(undefined)
})
