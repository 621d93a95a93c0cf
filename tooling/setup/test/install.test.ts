import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installKey, missingModules, pinnedPnpmVersion } from '../src/install.mjs'
import { temporaryFolder, writeFile } from './temporary-folder.ts'

const workspace = {
  'package.json': '{ "name": "root" }',
  'pnpm-lock.yaml': 'lockfileVersion: 9.0\n',
  'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
  'packages/a/package.json': '{ "name": "a", "dependencies": { "b": "workspace:^" } }',
  'packages/b/package.json': '{ "name": "b", "dependencies": {} }',
  'packages/a/src/index.ts': '',
}

test.each(['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', 'packages/b/package.json'])(
  'a change of %s asks for an install',
  (path) => {
    const root = temporaryFolder(workspace)
    const before = installKey(root)
    writeFile(
      root,
      path,
      (workspace as Record<string, string>)[path]?.replace('\n', '\n# more\n').replace('{', '{ ') ?? 'x',
    )
    expect(installKey(root)).not.toBe(before)
  },
)

test('a change of a source asks for none', () => {
  const root = temporaryFolder(workspace)
  const before = installKey(root)
  writeFile(root, 'packages/a/src/index.ts', 'export {}')
  expect(installKey(root)).toBe(before)
})

test('the same files in another folder ask for an install', () => {
  expect(installKey(temporaryFolder(workspace))).not.toBe(installKey(temporaryFolder(workspace)))
})

test('a node_modules folder that has gone missing is noticed, where there are dependencies', () => {
  const root = temporaryFolder(workspace)
  expect(missingModules(root)).toEqual(['node_modules/.pnpm', 'packages/a/node_modules'])
  mkdirSync(join(root, 'node_modules/.pnpm'), { recursive: true })
  mkdirSync(join(root, 'packages/a/node_modules'))
  expect(missingModules(root)).toEqual([])
  rmSync(join(root, 'packages/a/node_modules'), { recursive: true })
  expect(missingModules(root)).toEqual(['packages/a/node_modules'])
})

test('the pinned pnpm is an exact version', () => {
  expect(pinnedPnpmVersion('pnpm@10.34.8')).toBe('10.34.8')
  expect(pinnedPnpmVersion('pnpm@10.34.8+sha512.abc')).toBe('10.34.8')
  expect(() => pinnedPnpmVersion('pnpm@10')).toThrow('expected packageManager to be pnpm@x.y.z, got pnpm@10')
  expect(() => pinnedPnpmVersion('yarn@4.0.0')).toThrow('got yarn@4.0.0')
  expect(() => pinnedPnpmVersion(undefined)).toThrow('got undefined')
})
