import { expect, test } from 'vitest'
import { checkManifests } from '../src/check-manifests.mjs'
import { workspaceWith } from './workspace-fixture.ts'

const table = [
  { dir: 'packages/low', mayImport: [], external: ['loader'] },
  { dir: 'packages/high', mayImport: ['low'] },
  { dir: 'apps/app', mayImport: ['high'] },
  { dir: 'tooling/probe', mayImport: [], apps: ['app'] },
]
const allowed = {
  'packages/low/package.json': { dependencies: { loader: '1' }, devDependencies: { anything: '1' } },
  'packages/high/package.json': { dependencies: { '@msgr/low': '1' }, devDependencies: { '@msgr-tooling/kit': '1' } },
  'apps/app/package.json': { dependencies: { '@msgr/high': '1', commander: '1' } },
  'tooling/kit/package.json': { dependencies: { '@msgr-tooling/other': '1', eslint: '1' } },
  'tooling/other/package.json': {},
  'tooling/probe/package.json': { dependencies: { '@msgr-apps/app': '1' } },
}

test('dependencies that the table lists are fine', () => {
  expect(checkManifests(workspaceWith(allowed), table)).toEqual([])
})

test.each([
  ['packages/low/package.json', { dependencies: { '@msgr/high': '1' } }, '@msgr/high'],
  ['packages/high/package.json', { peerDependencies: { loader: '1' } }, 'loader'],
  ['packages/high/package.json', { optionalDependencies: { chalk: '1' } }, 'chalk'],
  ['packages/high/package.json', { dependencies: { '@msgr-tooling/kit': '1' } }, '@msgr-tooling/kit'],
  ['packages/high/package.json', { devDependencies: { '@msgr-apps/app': '1' } }, '@msgr-apps/app'],
  ['apps/app/package.json', { dependencies: { '@msgr/low': '1' } }, '@msgr/low'],
  ['tooling/kit/package.json', { dependencies: { '@msgr/low': '1' } }, '@msgr/low'],
  ['tooling/kit/package.json', { dependencies: { '@msgr-apps/app': '1' } }, '@msgr-apps/app'],
])('in %s, %j is not', (path, manifest, name) => {
  expect(checkManifests(workspaceWith({ ...allowed, [path]: manifest }), table)).toEqual([
    {
      path,
      line: 4,
      message: `dependency on ${name}: the import table does not allow it for ${path.replace('/package.json', '')}`,
    },
  ])
})

test('a package without a row and a row without a package are found', () => {
  const tree = workspaceWith({ ...allowed, 'packages/new/package.json': {} })
  const rows = [...table, { dir: 'packages/gone', mayImport: [] }]
  expect(checkManifests(tree, rows)).toEqual([
    { path: 'tooling/tidy/src/import-table.mjs', line: 1, message: 'a row for packages/gone, which does not exist' },
    { path: 'packages/new/package.json', line: 1, message: 'packages/new has no row in the import table' },
  ])
})
