import Table from 'cli-table3'
import type { Spread } from './spread.ts'

/** Nothing but a line below the head: narrow enough for a terminal, and for a note. */
const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', left: '', right: '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', 'left-mid': '', 'right-mid': '' },
  ...{ mid: '─', 'mid-mid': '─', middle: ' ' },
}

/** One case and what each subject has found in it: cells from the second column on. */
export interface TableGroup {
  readonly title: string
  readonly rows: readonly (readonly string[])[]
}

/** A table whose first two columns are text and the others figures, with an empty line between groups. */
export function renderPlainTable(head: readonly string[], groups: readonly TableGroup[]): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, index) => (index < 2 ? 'left' : 'right')),
    // No colours: they would end up in files.
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 1 },
    chars: NO_LINES,
  })
  groups.forEach(({ title, rows }, groupIndex) => {
    if (groupIndex > 0) table.push(head.map(() => ''))
    rows.forEach((cells, index) => table.push([index === 0 ? title : '', ...cells]))
  })
  return table.toString()
}

/** Two cells of a spread: its median, and both its ends. `absent` twice if there is none. */
export function spreadCells(spread: Spread | undefined, render: (value: number) => string, absent = ''): string[] {
  if (spread === undefined) return [absent, absent]
  return [render(spread.median), `${render(spread.min)}…${render(spread.max)}`]
}

/** Three digits. */
export function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** Thousands, to three digits. */
export function thousands(value: number): string {
  return threeDigits(value / 1000)
}

export function tenths(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(1)
}

export function hundredths(value: number): string {
  return value.toFixed(2)
}
