import { expect, test } from 'vitest'
import { checkAbsolutePaths } from '../src/check-absolute-paths.mjs'
import { workspaceWith } from './workspace-fixture.ts'

// Written in two parts, or this file would be found itself.
const temporary = '/' + 'tmp'
const work = '/' + 'work'

test.each([
  [`cd ${work}/main`, work],
  [`"${temporary}"`, temporary],
  [`(${temporary}/x)`, temporary],
  [work, work],
  [`PATH=${work}/bin`, work],
])('%s is found in any file', (text, path) => {
  const tree = workspaceWith({ 'docs/a.md': `first\n${text}\n` })
  expect(checkAbsolutePaths(tree)).toEqual([{ path: 'docs/a.md', line: 2, message: `absolute path ${path}` }])
})

test.each([
  ['a/work'],
  ['./tmp/a'],
  [`var${temporary}`],
  ['~/work/main'],
  [`$\{root}${temporary}`],
  ['/workspace'],
  ['/tmpfs'],
  ['https://example.org/work'],
])('%s is none', (text) => {
  expect(checkAbsolutePaths(workspaceWith({ 'a.md': text }))).toEqual([])
})

test('binary files are left alone', () => {
  expect(checkAbsolutePaths(workspaceWith({ 'a.bin': `\0 ${temporary}/x` }))).toEqual([])
})
