import { expect, test } from 'vitest'
import { checkChangesets } from '../src/check-changesets.mjs'
import { workspaceWith } from './workspace-fixture.ts'

const findingsWith = (changeset: string) =>
  checkChangesets(
    workspaceWith({
      'packages/a/package.json': {},
      'packages/a/CHANGELOG.md': '# @msgr/a\n',
      '.changeset/some-change.md': changeset,
    }),
  )
const at = (line: number, message: string) => [{ path: '.changeset/some-change.md', line, message }]

test('a changeset of a package is fine, with either quote', () => {
  expect(findingsWith("---\n'@msgr/a': minor\n---\n\nWhat changes.\n")).toEqual([])
  expect(findingsWith('---\n"@msgr/a": patch\n---\n\nWhat changes.\n')).toEqual([])
})

test('a changeset of no package of the workspace is found', () => {
  const changeset = "---\n'@msgr/a': minor\n'@msgr/b': minor\n---\n\nWhat changes.\n"
  expect(findingsWith(changeset)).toEqual(at(3, '@msgr/b is no package of the workspace'))
})

test('a release that is misspelt is found', () => {
  const message = "expected 'package': patch, minor or major"
  expect(findingsWith("---\n'@msgr/a': mayor\n---\n\nWhat changes.\n")).toEqual(at(2, message))
  expect(findingsWith('---\n@msgr/a: minor\n---\n\nWhat changes.\n')).toEqual(at(2, message))
})

test('a changeset that says nothing is found', () => {
  const message = 'a changeset tells the user of the package what changes for them'
  expect(findingsWith("---\n'@msgr/a': minor\n---\n\n")).toEqual(at(3, message))
})

test('a changeset without front matter is found', () => {
  expect(findingsWith('What changes.\n')).toEqual(at(1, 'expected front matter between two lines ---'))
})

test('a package has a changelog or a changeset; the README of the folder is no changeset', () => {
  const tree = workspaceWith({
    'packages/a/package.json': {},
    'packages/b/package.json': {},
    'packages/c/package.json': {},
    'packages/a/CHANGELOG.md': '',
    '.changeset/first.md': "---\n'@msgr/b': minor\n---\n\nBegins.\n",
    '.changeset/README.md': 'How to add one\n',
    '.changeset/config.json': '{}',
  })
  expect(checkChangesets(tree)).toEqual([
    { path: 'packages/c/package.json', line: 1, message: '@msgr/c has no changelog and no changeset' },
  ])
})
