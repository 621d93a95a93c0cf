/**
 * A table of a Markdown text.
 *
 * @typedef {object} MarkdownTable
 * @property {number} line of its header, counted from 1
 * @property {{ line: number, cells: Record<string, string> }[]} rows cells by column, without backticks
 */

/**
 * The first table whose header has these columns: each word begins the title of one, in any case.
 *
 * @param {string} markdown
 * @param {readonly string[]} columns
 * @returns {MarkdownTable | undefined}
 */
export function findTable(markdown, columns) {
  const lines = markdown.split('\n')
  for (const [index, header] of lines.entries()) {
    if (!header.startsWith('|') || !/^\|[\s:|-]+\|$/.test(lines[index + 1]?.trim() ?? '')) continue
    const titles = splitRow(header).map((title) => title.toLowerCase())
    const places = columns.map((column) => titles.findIndex((title) => title.startsWith(column)))
    if (places.includes(-1)) continue
    return { line: index + 1, rows: readRows(lines, index + 2, columns, places) }
  }
  return undefined
}

/**
 * @param {readonly string[]} lines
 * @param {number} start
 * @param {readonly string[]} columns
 * @param {readonly number[]} places
 */
function readRows(lines, start, columns, places) {
  const rows = []
  for (let index = start; lines[index]?.startsWith('|'); index++) {
    const cells = splitRow(lines[index] ?? '')
    rows.push({
      line: index + 1,
      cells: Object.fromEntries(columns.map((column, at) => [column, cells[places[at] ?? -1] ?? ''])),
    })
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
