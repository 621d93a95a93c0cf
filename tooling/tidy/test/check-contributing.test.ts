import { expect, test } from 'vitest'
import { checkContributing, withImportTable } from '../src/check-contributing.mjs'
import { importTable, renderImportTable } from '../src/import-table.mjs'
import { workspaceWith } from './workspace-fixture.ts'

const around = (table: string) =>
  `# How\n\n<!-- import table -->\n\n${table}\n\n<!-- end of import table -->\n\nMore.\n`
const current = around(renderImportTable(importTable))
const message = 'does not show the import table as it is: run npm run tidy -- --write'

test('the table as it is, is fine', () => {
  expect(checkContributing(workspaceWith({ 'CONTRIBUTING.md': current }))).toEqual([])
})

test.each([
  ['an older table', current.replace('`posix`', '`posix`, `bufferlist`')],
  ['no table', around('')],
])('%s is found, and can be written', (_, text) => {
  expect(checkContributing(workspaceWith({ 'CONTRIBUTING.md': text }))).toEqual([
    { path: 'CONTRIBUTING.md', line: 3, message },
  ])
  expect(withImportTable(text)).toBe(current)
})

test('a text without the marks is found', () => {
  expect(checkContributing(workspaceWith({ 'CONTRIBUTING.md': '# How\n' }))).toEqual([
    { path: 'CONTRIBUTING.md', line: 1, message },
  ])
  expect(checkContributing(workspaceWith({}))).toEqual([{ path: 'CONTRIBUTING.md', line: 1, message: 'is missing' }])
})
