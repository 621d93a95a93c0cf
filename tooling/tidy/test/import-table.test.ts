import { expect, test } from 'vitest'
import { importTable, renderImportTable } from '../src/import-table.mjs'

test('every row imports only from rows above its own', () => {
  for (const [index, row] of importTable.entries()) {
    const above = importTable.slice(0, index).map(({ dir }) => dir)
    for (const name of row.mayImport) expect(above, row.dir).toContain(`packages/${name}`)
  }
})

test('the two messengers never import each other', () => {
  const of = (name: string) => importTable.find(({ dir }) => dir === `packages/${name}`)?.mayImport
  expect(of('simple-messenger')).not.toContain('async-messenger')
  expect(of('async-messenger')).not.toContain('simple-messenger')
})

test('the protocol may import no module of Node, and only the shim has a dependency from outside', () => {
  expect(importTable.filter(({ isFreeOfNode }) => isFreeOfNode).map(({ dir }) => dir)).toEqual([
    'packages/msgr-protocol',
  ])
  expect(importTable.flatMap(({ external }) => external ?? [])).toEqual(['node-gyp-build'])
})

test('the table renders as Markdown', () => {
  const rows = [
    { dir: 'packages/a', mayImport: [] },
    { dir: 'packages/b', mayImport: ['a'], external: ['c'] },
    { dir: 'packages/d', mayImport: ['a', 'b'], isFreeOfNode: true },
    { dir: 'tooling/e', mayImport: ['a'], apps: ['f'] },
  ]
  expect(renderImportTable(rows)).toBe(
    [
      '| member | may import |',
      '| --- | --- |',
      '| `packages/a` | nothing |',
      '| `packages/b` | `a`, `c` (from npm) |',
      '| `packages/d` | `a`, `b`; no `node:` module |',
      '| `tooling/e` | `a`, `f` (an application) |',
    ].join('\n'),
  )
})
