import { expect, test } from 'vitest'
import { parseGitignore } from '../src/workspace-tree.mjs'
import { workspaceWith } from './workspace-fixture.ts'

test('the tree has the members and every file that git does not ignore', () => {
  const tree = workspaceWith({
    'packages/a/package.json': {},
    'packages/a/src/index.ts': 'export {}\n',
    'packages/a/dist/index.js': '',
    'packages/a/node_modules/b/index.js': '',
    '.git/HEAD': '',
  })
  expect(tree.members.map(({ dir }) => dir)).toEqual(['packages/a'])
  expect(tree.files).toEqual([
    '.gitignore',
    'packages/a/package.json',
    'packages/a/src/index.ts',
    'pnpm-workspace.yaml',
  ])
  expect(tree.read('packages/a/src/index.ts')).toBe('export {}\n')
})

test('folders and names are ignored at any depth, and a star stands for any letters', () => {
  const isIgnored = parseGitignore('# built\ndist/\n\ntest-report.json\n*.tgz\nbundled_*\n')
  expect(isIgnored('packages/a/dist', true)).toBe(true)
  expect(isIgnored('packages/a/dist', false)).toBe(false)
  expect(isIgnored('packages/a/test-report.json', false)).toBe(true)
  expect(isIgnored('packages/a/a-1.0.0.tgz', false)).toBe(true)
  expect(isIgnored('packages/a/bundled_x1.mjs', false)).toBe(true)
  expect(isIgnored('packages/a/unbundled_x1.mjs', false)).toBe(false)
  expect(isIgnored('packages/a/src/dist.ts', false)).toBe(false)
  expect(isIgnored('packages/a/test-reportxjson', false)).toBe(false)
})

test('a form of .gitignore that is not understood is refused', () => {
  expect(() => parseGitignore('!keep\n')).toThrow('expected folder/ or name, got !keep')
  expect(() => parseGitignore('packages/*/dist\n')).toThrow('got packages/*/dist')
})
