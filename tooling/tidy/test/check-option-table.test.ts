import { expect, test } from 'vitest'
import { checkOptionTable, compareOptions } from '../src/check-option-table.mjs'
import { workspaceWith } from './workspace-fixture.ts'

const options = {
  maxBackoffMs: { ceph: 'ms_max_backoff', byDefault: 15_000 },
  tcpNodelay: { ceph: 'ms_tcp_nodelay', byDefault: true },
  driver: { byDefault: 'epoll' },
  logger: { ceph: undefined, byDefault: undefined },
  delayType: { ceph: 'ms_delay_type', byDefault: '' },
  cores: { ceph: 'ms_cores', byDefault: [] },
}
const row = (option: string, ceph: string, byDefault: string, line = 9) => {
  return { line, cells: { option, ceph, default: byDefault } }
}
const rows = [
  row('maxBackoffMs', 'ms_max_backoff', '15_000'),
  row('tcpNodelay', 'ms_tcp_nodelay', 'true'),
  row('driver', '–', "'epoll'"),
  row('logger', '', 'none'),
  row('delayType', 'ms_delay_type', "''"),
  row('cores', 'ms_cores', '[]'),
]

test('a table that says the same is fine', () => {
  expect(compareOptions({ line: 7, rows }, options)).toEqual([])
})

test('an option that is missing, and one that does not exist, are found', () => {
  const changed = [...rows.slice(1), row('maxBackofMs', 'ms_max_backoff', '15000', 11)]
  expect(compareOptions({ line: 7, rows: changed }, options)).toEqual([
    { line: 7, message: 'option maxBackoffMs is missing' },
    { line: 11, message: 'maxBackofMs is no option' },
  ])
})

test('another default and another key of Ceph are found', () => {
  const changed = [row('maxBackoffMs', 'ms_maxbackoff', '15'), row('tcpNodelay', '', 'true'), ...rows.slice(2)]
  expect(compareOptions({ line: 7, rows: changed }, options).map(({ message }) => message)).toEqual([
    'ceph of maxBackoffMs: expected ms_max_backoff, got ms_maxbackoff',
    'default of maxBackoffMs: expected 15000, got 15',
    'ceph of tcpNodelay: expected ms_tcp_nodelay, got nothing',
  ])
})

test('the table of the README is held against the built package', async () => {
  const dir = 'packages/messenger-core'
  const readme = '| Option | Ceph | Default |\n| --- | --- | --- |\n| `a` | `ms_a` | `1` |\n'
  const built = "export const messengerOptionTable = { a: { ceph: 'ms_a', byDefault: 2 } }\n"
  const manifest = { type: 'module' }
  const findingsOf = (files: Record<string, string>) =>
    checkOptionTable(workspaceWith({ [`${dir}/package.json`]: manifest, ...files }))

  expect(await findingsOf({ [`${dir}/README.md`]: readme, [`${dir}/dist/index.js`]: built })).toEqual([
    { path: `${dir}/README.md`, line: 3, message: 'default of a: expected 2, got 1' },
  ])
  expect(await findingsOf({ [`${dir}/README.md`]: '', [`${dir}/dist/index.js`]: built })).toEqual([
    { path: `${dir}/README.md`, line: 1, message: 'expected a table with the columns option, Ceph and default' },
  ])
  expect(await findingsOf({ [`${dir}/README.md`]: readme, [`${dir}/dist/index.js`]: '' })).toEqual([
    { path: `${dir}/src/index.ts`, line: 1, message: 'exports no messengerOptionTable' },
  ])
  expect(await findingsOf({ [`${dir}/README.md`]: readme })).toEqual([
    { path: dir, line: 1, message: 'is not built: its option table cannot be read' },
  ])
})
