import Table from 'cli-table3'
import { formatMs } from './round-trips.ts'
import type { Stage } from './stage.ts'

/** How cells are coloured; the plain one does not. */
export type Paint = (color: 'green' | 'red' | 'yellow' | 'dim', text: string) => string

export const noPaint: Paint = (_color, text) => text

const HEAD = ['osd', 'map', 'process', 'pings to it', 'p50', 'p99', 'missed', 'waiting']

/** The cluster as a table: each OSD as the others see it. */
export function osdTable({ watch, osds }: Stage, paint: Paint): string {
  const table = new Table({
    head: HEAD,
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const [id, process] of [...osds].sort(([a], [b]) => a - b)) {
    const entry = watch.map.osds.find((osd) => osd.id === id)
    const { pings, missed, waitingCount, roundTrips } = watch.pingsTo(id)
    const { figures } = roundTrips
    table.push([
      `osd.${id}`,
      mapCell(entry, paint),
      processCell(process.state, process.pid, paint),
      pings,
      figures === undefined ? '' : formatMs(figures.p50),
      figures === undefined ? '' : formatMs(figures.p99),
      missed === 0 ? '0' : paint('yellow', String(missed)),
      waitingCount,
    ])
  }
  return table.toString()
}

function mapCell(entry: { readonly isUp: boolean; readonly upFrom: number } | undefined, paint: Paint): string {
  if (entry === undefined) return paint('dim', 'unknown')
  return entry.isUp ? paint('green', `up since ${entry.upFrom}`) : paint('red', 'down')
}

function processCell(state: string, pid: number | undefined, paint: Paint): string {
  if (state === 'running') return `runs, ${String(pid)}`
  return state === 'stopped' ? paint('yellow', 'hangs') : paint('dim', 'ended')
}
