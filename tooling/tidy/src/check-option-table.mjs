import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findTable } from './markdown-table.mjs'

/** @import { Finding } from './finding.mjs' */
/** @import { MarkdownTable } from './markdown-table.mjs' */
/** @import { WorkspaceTree } from './workspace-tree.mjs' */

const DIR = 'packages/messenger-core'
const COLUMNS = { option: /^(option|key)\b/i, ceph: /ceph/i, default: /^default/i }

/**
 * The columns of an option that its README shows.
 *
 * @typedef {object} OptionRow
 * @property {string | undefined} [ceph]
 * @property {unknown} byDefault
 */

/**
 * The README of messenger-core shows the options as the built package has them.
 *
 * @param {WorkspaceTree} tree
 * @returns {Promise<Finding[]>}
 */
export async function checkOptionTable(tree) {
  const entry = join(tree.root, DIR, 'dist/index.js')
  const path = `${DIR}/README.md`
  if (!existsSync(entry)) return [{ path: DIR, line: 1, message: 'is not built: its option table cannot be read' }]
  if (!tree.files.includes(path)) return [] // checkReadmes says so
  const { messengerOptionTable } = await import(pathToFileURL(entry).href)
  if (typeof messengerOptionTable !== 'object') {
    return [{ path: `${DIR}/src/index.ts`, line: 1, message: 'exports no messengerOptionTable' }]
  }
  const table = findTable(tree.read(path), COLUMNS)
  if (table === undefined) {
    return [{ path, line: 1, message: 'expected a table with the columns option, Ceph and default' }]
  }
  return compareOptions(table, messengerOptionTable).map((finding) => ({ path, ...finding }))
}

/**
 * What a README's table of options says differently from the options themselves.
 *
 * @param {MarkdownTable} table with the columns option, ceph and default
 * @param {Readonly<Record<string, OptionRow>>} options by our name
 * @returns {{ line: number, message: string }[]}
 */
export function compareOptions({ line, rows }, options) {
  const findings = Object.entries(options).flatMap(([key, { ceph, byDefault }]) => {
    const row = rows.find(({ cells }) => cells['option'] === key)
    if (row === undefined) return [{ line, message: `option ${key} is missing` }]
    const expected = { ceph: ceph ?? '', default: formatDefault(byDefault) }
    return Object.entries(expected).flatMap(([column, value]) => {
      const shown = column === 'default' ? readDefault(row.cells[column]) : readNothing(row.cells[column])
      const message = `${column} of ${key}: expected ${value || 'nothing'}, got ${shown || 'nothing'}`
      return shown === value ? [] : [{ line: row.line, message }]
    })
  })
  const strangers = rows.filter(({ cells }) => !Object.hasOwn(options, cells['option'] ?? ''))
  const unknown = strangers.map((row) => ({ line: row.line, message: `${row.cells['option']} is no option` }))
  return [...findings, ...unknown]
}

/** @param {unknown} value */
function formatDefault(value) {
  if (value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/**
 * A default as the README may write it for people: `15_000` or 15 000 for 15000, 'epoll' in quotes, or a dash.
 *
 * @param {string | undefined} cell
 */
function readDefault(cell) {
  const text = readNothing(cell).replace(/^(['"])(.*)\1$/, '$2')
  return /^[\d_\s.]+$/.test(text) ? text.replace(/[_\s]/g, '') : text
}

/** @param {string | undefined} cell */
function readNothing(cell = '') {
  return /^(-|–|—|none|undefined)$/.test(cell) ? '' : cell
}
