import { expect, test } from 'vitest'
import { checkImports } from '../src/check-imports.mjs'
import { workspaceWith } from './workspace-fixture.ts'

const table = [
  { dir: 'packages/low', mayImport: [], external: ['loader'] },
  { dir: 'packages/side', mayImport: [] },
  { dir: 'packages/pure', mayImport: ['low'], isFreeOfNode: true },
  { dir: 'packages/auth', mayImport: ['low'], mayImportCrypto: true },
  { dir: 'packages/high', mayImport: ['low', 'pure'] },
  { dir: 'apps/app', mayImport: ['high'] },
  { dir: 'tooling/probe', mayImport: [], apps: ['app'] },
]

const manifests = {
  'packages/low/package.json': { dependencies: { loader: '1' }, devDependencies: { vitest: '1' } },
  'packages/side/package.json': {},
  'packages/pure/package.json': { dependencies: { '@msgr/low': '1' } },
  'packages/auth/package.json': {},
  'packages/high/package.json': {
    dependencies: { '@msgr/low': '1', '@msgr/pure': '1', '@msgr/side': '1', loader: '1' },
    devDependencies: { '@msgr/auth': '1', '@msgr-tooling/kit': '1', vitest: '1' },
  },
  'apps/app/package.json': { dependencies: { '@msgr/high': '1', commander: '1' } },
  'tooling/kit/package.json': {},
  'tooling/probe/package.json': { dependencies: { '@msgr-apps/app': '1' } },
}

/** The objections to one import in one file of the fixture. */
function objections(path: string, specifier: string): string[] {
  const tree = workspaceWith({ ...manifests, [path]: `\nimport { x } from '${specifier}'\n` })
  return checkImports(tree, table).map((finding) => {
    expect(finding).toMatchObject({ path, line: 2 })
    return finding.message
  })
}

test.each([
  ['packages/low/src/a.ts', './b.ts'],
  ['packages/low/src/a.ts', 'loader'],
  ['packages/low/src/a.ts', 'node:fs'],
  ['packages/low/test/a.test.ts', '../src/a.ts'],
  ['packages/low/test/a.test.ts', '../src/index.ts'],
  ['packages/low/test/a.test.ts', 'vitest/config'],
  ['packages/low/test/a.test.ts', '@msgr/low'],
  ['packages/low/test/a.test.ts', 'node:crypto'],
  ['packages/pure/src/a.ts', '@msgr/low'],
  ['packages/pure/test/a.test.ts', 'node:fs'],
  ['packages/auth/src/a.ts', 'node:crypto'],
  ['packages/high/test/a.test.ts', '@msgr/auth'],
  ['packages/high/vitest.config.ts', '@msgr-tooling/kit'],
  ['apps/app/src/a.ts', '@msgr/high'],
  ['apps/app/src/a.ts', 'commander'],
  ['apps/app/src/a.ts', 'node:crypto'],
  ['tooling/probe/src/a.ts', '@msgr-apps/app'],
])('%s may import %s', (path, specifier) => {
  expect(objections(path, specifier)).toEqual([])
})

test.each([
  ['packages/low/src/a.ts', '../../side/src/b.ts', 'import of ../../side/src/b.ts leaves packages/low/src'],
  ['packages/low/src/a.ts', '../test/a.ts', 'import of ../test/a.ts leaves packages/low/src'],
  ['packages/low/test/a.ts', '../../side/src/b.ts', 'import of ../../side/src/b.ts leaves packages/low'],
  ['packages/low/src/a.ts', './index.ts', 'a file in src imports its own index.ts'],
  ['packages/low/src/deep/a.ts', '../index.ts', 'a file in src imports its own index.ts'],
  ['packages/low/src/a.ts', '@msgr/low', 'import of @msgr/low: a package by its own name'],
  ['packages/low/src/a.ts', 'fs', 'import of fs: write node:fs'],
  ['packages/low/src/a.ts', 'node:crypto', 'import of node:crypto: only auth may do cryptography'],
  ['packages/pure/src/a.ts', 'node:buffer', 'import of node:buffer: packages/pure imports no module of Node'],
  ['packages/low/src/a.ts', '@msgr/high', 'import of @msgr/high: the import table does not allow it for packages/low'],
  ['packages/low/test/a.ts', '@msgr/high', 'import of @msgr/high: the import table does not allow it for packages/low'],
  [
    'packages/high/src/a.ts',
    '@msgr/side',
    'import of @msgr/side: the import table does not allow it for packages/high',
  ],
  ['packages/high/src/a.ts', '@msgr/low/dist/x.js', 'import of @msgr/low/dist/x.js: no deep imports'],
  ['packages/high/src/a.ts', 'loader', 'import of loader: the import table lists no such dependency for packages/high'],
  ['packages/high/src/a.ts', '@msgr-tooling/kit', 'import of @msgr-tooling/kit: tooling is not shipped'],
  ['packages/high/src/a.ts', '@msgr-apps/app', 'import of @msgr-apps/app: nothing imports an application'],
  ['packages/auth/src/a.ts', '@msgr/low', 'import of @msgr/low, which package.json does not declare'],
  ['packages/pure/test/a.ts', 'vitest', 'import of vitest, which package.json does not declare'],
  ['apps/app/src/a.ts', '@msgr/low', 'import of @msgr/low: the import table does not allow it for apps/app'],
  ['apps/app/src/a.ts', 'chalk', 'import of chalk, which package.json does not declare'],
  ['tooling/kit/run.mjs', '@msgr-apps/app', 'import of @msgr-apps/app: nothing imports an application'],
  ['tooling/kit/run.mjs', '@msgr/low', 'import of @msgr/low: the import table does not allow it for tooling/kit'],
])('%s may not import %s', (path, specifier, message) => {
  expect(objections(path, specifier)).toEqual([message])
})

test('a development dependency is none of the shipped sources', () => {
  const tree = workspaceWith({
    'packages/low/package.json': { devDependencies: { loader: '1' } },
    'packages/low/src/a.ts': "import 'loader'\n",
  })
  expect(checkImports(tree, table).map(({ message }) => message)).toEqual([
    'import of loader, which package.json does not declare',
  ])
})
