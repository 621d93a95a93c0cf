import { expect, test } from 'vitest'
import { checkEntries } from '../src/check-entries.mjs'
import { workspaceWith } from './workspace-fixture.ts'

const findingsIn = (files: Record<string, string>) => {
  const inPackage = Object.entries(files).map(([path, text]) => [`packages/a/${path}`, text])
  const tree = workspaceWith({ 'packages/a/package.json': {}, ...(Object.fromEntries(inPackage) as object) })
  return checkEntries(tree).map(({ path, line, message }) => `${path.replace('packages/a', '')}:${line}: ${message}`)
}
const FORM = "an entry has only lines of the form export { name } from './file.ts'"

test('re-exports by name are an entry', () => {
  const entry = "// what users may use\nexport { a, type B } from './a.ts'\nexport type { C } from '@msgr/c'\n"
  expect(findingsIn({ 'src/index.ts': entry, 'src/a.ts': 'export const a = 1\n', 'src/errors.ts': '' })).toEqual([])
})

test.each([
  ["export * from './a.ts'"],
  ["export * as a from './a.ts'"],
  ['export {}'],
  ["import { a } from './a.ts'"],
  ['export const a = 1'],
  ['console.log(1)'],
])('%s has no place in an entry', (statement) => {
  const entry = `export { b } from './b.ts'\n\n${statement}\n`
  expect(findingsIn({ 'src/index.ts': entry })).toEqual([`/src/index.ts:3: ${FORM}`])
})

test.each([
  ['export default 1'],
  ['export default function f() {}'],
  ['export default class A {}'],
  ["export { a as default } from './b.ts'"],
  ['const a = 1; export { a as default }'],
])('%s is found', (statement) => {
  const files = { 'src/index.ts': "export { a } from './a.ts'\n", 'src/a.ts': `\n${statement}\n` }
  expect(findingsIn(files)).toEqual(['/src/a.ts:2: no default exports'])
})

test('a package has exactly one entry and at most one errors.ts', () => {
  expect(findingsIn({ 'src/a.ts': '' })).toEqual([':1: src/index.ts is missing'])
  const entry = "export { a } from './a.ts'\n"
  const files = { 'src/index.ts': entry, 'src/b/index.ts': entry, 'src/b/errors.ts': '', 'src/errors.ts': '' }
  expect(findingsIn(files)).toEqual([
    '/src/b/index.ts:1: a second index.ts in one package',
    '/src/errors.ts:1: errors are already in packages/a/src/b/errors.ts',
  ])
})

test('configurations and applications may have default exports', () => {
  const tree = workspaceWith({
    'packages/a/package.json': {},
    'packages/a/src/index.ts': "export { a } from './a.ts'\n",
    'packages/a/tsup.config.ts': "export { default } from 'x'\n",
    'apps/b/package.json': {},
    'apps/b/src/cli.ts': 'export default 1\n',
  })
  expect(checkEntries(tree)).toEqual([])
})
