import { expect, test } from 'vitest'
import { formatFinding, lineOf } from '../src/finding.mjs'

test('a finding reads path:line: message', () => {
  expect(formatFinding({ path: 'src/a.ts', line: 3, message: 'is odd' })).toBe('src/a.ts:3: is odd')
})

test('the line of some words is counted from 1, and is 1 if they are absent', () => {
  expect(lineOf('one\ntwo\nthree', 'three')).toBe(3)
  expect(lineOf('one\ntwo', 'absent')).toBe(1)
})
