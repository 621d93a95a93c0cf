import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listMembers, parseWorkspaceGroups, workspaceRoot } from '../src/workspace.mjs'
import { temporaryFolder } from './temporary-folder.ts'

test('groups are read from below "packages:" up to the next key', () => {
  const yaml = "# first\npackages:\n  - packages/*\n  # between\n  - 'apps/*'\n\ncatalog:\n  - other/*\n"
  expect(parseWorkspaceGroups(yaml)).toEqual(['packages', 'apps'])
})

test('a pattern of another form is refused rather than overlooked', () => {
  expect(() => parseWorkspaceGroups('packages:\n  - packages/**\n')).toThrow('expected "- folder/*", got - packages/**')
  expect(() => parseWorkspaceGroups('catalog: {}\n')).toThrow('expected a line "packages:"')
})

test('members are the folders with a package.json, by group and name', () => {
  const root = temporaryFolder({
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n  - apps/*\n',
    'packages/b/package.json': '{ "name": "@x/b" }',
    'packages/a/package.json': '{ "name": "@x/a" }',
    'packages/left-over/dist/index.js': '',
  })
  expect(listMembers(root)).toEqual([
    { group: 'packages', shortName: 'a', dir: 'packages/a', manifest: { name: '@x/a' } },
    { group: 'packages', shortName: 'b', dir: 'packages/b', manifest: { name: '@x/b' } },
  ])
})

test('the root is the folder of this clone', () => {
  expect(existsSync(join(workspaceRoot, 'pnpm-workspace.yaml'))).toBe(true)
  expect(listMembers(workspaceRoot).map(({ dir }) => dir)).toContain('tooling/setup')
})
