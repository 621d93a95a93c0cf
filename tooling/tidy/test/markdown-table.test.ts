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

test('a table is found by the words its columns begin with', () => {
  expect(findTable(markdown, ['option', 'ceph', 'default'])).toEqual({
    line: 7,
    rows: [
      { line: 9, cells: { option: 'tcpNodelay', ceph: 'ms_tcp_nodelay', default: 'true' } },
      { line: 10, cells: { option: 'other', ceph: '–', default: '5' } },
    ],
  })
})

test('a line that looks like a header without its rule is no table', () => {
  expect(findTable(markdown, ['after'])).toBeUndefined()
  expect(findTable(markdown, ['option', 'absent'])).toBeUndefined()
})
