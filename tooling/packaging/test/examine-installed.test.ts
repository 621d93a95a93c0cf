import { expect, test } from 'vitest'
import { examineInstalled } from '../src/examine-installed.mjs'
import { temporaryFolder } from './temporary-folder.ts'

const manifest = {
  name: '@msgr/a',
  type: 'module',
  license: 'MIT',
  exports: { '.': { 'msgr-source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' } },
  scripts: { build: 'tsup' },
  dependencies: { '@msgr/b': '^0.1.0' },
}
const files = {
  'README.md': '12345',
  LICENSE: '1234',
  'dist/index.js': '123',
  'dist/index.d.ts': '12',
  'node_modules/@msgr/b/package.json': '{}',
}

function examine(changed: object, more: Record<string, string> = {}, required: string[] = []) {
  const dir = temporaryFolder({ ...files, ...more, 'package.json': JSON.stringify({ ...manifest, ...changed }) })
  return examineInstalled(dir, required)
}

test('a package as it should be has its files and bytes counted, without nested packages', () => {
  expect(examine({}).objections).toEqual([])
  expect(examine({})).toMatchObject({ fileCount: 5, bytes: 14 + JSON.stringify(manifest).length })
})

test.each([
  [{ scripts: { postinstall: 'node x.js' } }, 'has the script postinstall'],
  [{ scripts: { preinstall: 'x' } }, 'has the script preinstall'],
  [{ scripts: { install: 'node-gyp rebuild' } }, 'has the script install'],
  [
    { dependencies: { '@msgr/b': 'workspace:^' } },
    'depends on @msgr/b as workspace:^, which only this workspace understands',
  ],
  [{ dependencies: { x: 'catalog:' } }, 'depends on x as catalog:, which only this workspace understands'],
  [{ exports: { '.': { types: './dist/index.d.ts', default: './dist/gone.js' } } }, 'lacks ./dist/gone.js'],
  [{ exports: { '.': { default: './dist/index.js' } } }, 'lacks an entry for "types"'],
  [{ type: 'commonjs' }, 'is not of type module'],
  [{ license: undefined }, 'does not name its licence'],
])('%j: %s', (changed, objection) => {
  expect(examine(changed).objections).toEqual([objection])
})

test('files that have no business in a package are found', () => {
  expect(examine({}, { 'src/index.ts': '' }).objections).toEqual(['ships src'])
  expect(examine({}, { 'binding.gyp': '' }).objections).toEqual([
    'has a binding.gyp, which package managers build at install',
    'ships binding.gyp',
  ])
})

test('a file that this package in particular must have is missed', () => {
  const required = ['prebuilds/linux-x64/msgr-posix.node']
  expect(examine({}, {}, required).objections).toEqual(['lacks prebuilds/linux-x64/msgr-posix.node'])
  expect(examine({}, { 'prebuilds/linux-x64/msgr-posix.node': '' }, required).objections).toEqual([])
})
