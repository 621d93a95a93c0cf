/**
 * A table of a Markdown text.
 *
 * @typedef {object} MarkdownTable
 * @property {number} line of its header, counted from 1
 * @property {{ line: number, cells: Record<string, string> }[]} rows cells by column, without backticks
 */

/**
 * The first table whose header has these columns.
 *
 * @param {string} markdown
 * @param {Readonly<Record<string, RegExp>>} columns what the title of each must match
 * @returns {MarkdownTable | undefined}
 */
export function findTable(markdown, columns) {
  const lines = markdown.split('\n')
  for (const [index, header] of lines.entries()) {
    if (!header.startsWith('|') || !/^\|[\s:|-]+\|$/.test(lines[index + 1]?.trim() ?? '')) continue
    const titles = splitRow(header)
    const places = Object.entries(columns).map(([column, pattern]) => {
      return { column, at: titles.findIndex((title) => pattern.test(title)) }
    })
    if (places.every(({ at }) => at >= 0)) return { line: index + 1, rows: readRows(lines, index + 2, places) }
  }
  return undefined
}

/**
 * @param {readonly string[]} lines
 * @param {number} start
 * @param {readonly { column: string, at: number }[]} places
 */
function readRows(lines, start, places) {
  const rows = []
  for (let index = start; lines[index]?.startsWith('|'); index++) {
    const cells = splitRow(lines[index] ?? '')
    rows.push({ line: index + 1, cells: Object.fromEntries(places.map(({ column, at }) => [column, cells[at] ?? ''])) })
  }
  return rows
}

/** @param {string} line */
function splitRow(line) {
  const cells = line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
  return cells.map((cell) => cell.replaceAll('`', '').trim())
}
