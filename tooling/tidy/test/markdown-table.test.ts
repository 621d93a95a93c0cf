import { expect, test } from 'vitest'
import { findTable } from '../src/markdown-table.mjs'

const markdown = `# Options

| first | second |
| --- | --- |
| 1 | 2 |

| Option | Ceph's key | Meaning | Default |
| :--- | --- | --- | ---: |
| \`tcpNodelay\` | \`ms_tcp_nodelay\` | no delay | \`true\` |
| \`other\` | – | | 5 |

| after | it |
`

test('a table is found by the titles of its columns', () => {
  expect(findTable(markdown, { option: /^option/i, ceph: /ceph/i, default: /^default/i })).toEqual({
    line: 7,
    rows: [
      { line: 9, cells: { option: 'tcpNodelay', ceph: 'ms_tcp_nodelay', default: 'true' } },
      { line: 10, cells: { option: 'other', ceph: '–', default: '5' } },
    ],
  })
})

test('a line that looks like a header without its rule is no table', () => {
  expect(findTable(markdown, { after: /^after/ })).toBeUndefined()
  expect(findTable(markdown, { option: /^option/i, absent: /absent/ })).toBeUndefined()
})
