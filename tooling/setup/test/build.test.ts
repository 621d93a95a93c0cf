import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildKey } from '../src/build.mjs'
import { temporaryFolder, writeFile } from './temporary-folder.ts'

const workspace = {
  'turbo.json': JSON.stringify({
    globalDependencies: ['pnpm-lock.yaml'],
    tasks: { build: { inputs: ['src/**', 'package.json'], outputs: ['dist/**'] } },
  }),
  'pnpm-lock.yaml': 'lockfileVersion: 9.0\n',
  'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
  'packages/a/package.json': '{ "name": "a", "scripts": { "build": "tsup" } }',
  'packages/a/src/index.ts': 'export {}',
  'packages/a/test/index.test.ts': '',
  'packages/a/dist/index.js': 'export {}',
  'packages/tool/package.json': '{ "name": "tool" }',
  'packages/tool/src/index.mjs': '',
}

test.each([
  'turbo.json',
  'pnpm-lock.yaml',
  'packages/a/package.json',
  'packages/a/src/index.ts',
  'packages/a/src/new.ts',
  'packages/a/dist/index.js',
])('a change of %s asks for a build', (path) => {
  const root = temporaryFolder(workspace)
  const before = buildKey(root)
  writeFile(root, path, `${(workspace as Record<string, string>)[path] ?? ''} `)
  expect(buildKey(root)).not.toBe(before)
})

test.each(['packages/a/test/index.test.ts', 'packages/tool/src/index.mjs', 'README.md'])(
  'a change of %s asks for none',
  (path) => {
    const root = temporaryFolder(workspace)
    const before = buildKey(root)
    writeFile(root, path, 'changed')
    expect(buildKey(root)).toBe(before)
  },
)

test('what was built and has gone asks for a build', () => {
  const root = temporaryFolder(workspace)
  const before = buildKey(root)
  rmSync(join(root, 'packages/a/dist'), { recursive: true })
  expect(buildKey(root)).not.toBe(before)
})
