import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchResult } from './bench-result.ts'
import { chartsOf } from './charts.ts'
import { renderMachine, type Machine } from './machine.ts'
import { threeDigits } from './plain-table.ts'
import type { RunOutcome } from './run-suites.ts'

const HEAD = ['suite', 'case', 'subject', 'metric', 'median', 'min', 'max', '× node-net', '× best peer', 'best peer']

/** The findings as one HTML file that needs nothing else: no network, and no other file. */
export function htmlReport(machine: Machine, { results, leftOut, failures, latencies }: RunOutcome): string {
  const suites = [...new Set(results.map(({ suite }) => suite))]
  const omitted = leftOut.map(({ suite, subject, reason }) => `${suite}: ${subject} was left out: ${reason}`)
  const remarks = [...omitted, ...failures.map((failure) => `failed: ${failure}`)]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>msgr benches, ${escapeHtml(machine.date)}</title>
<style>${ownFile('page.css')}</style>
</head>
<body>
<h1>msgr benches</h1>
<pre>${escapeHtml(renderMachine(machine))}</pre>
<p>Points and bars are medians over rounds in which all subjects took turns, whiskers go from the slowest round to the
fastest. Ratios are those of the same round. Click a name in a legend to hide it.</p>
${remarks.map((remark) => `<p>${escapeHtml(remark)}</p>`).join('\n')}
${suites.map((suite) => `<h2>${escapeHtml(suite)}</h2>\n<section id="suite-${escapeHtml(suite)}"></section>`).join('\n')}
<h2>All figures</h2>
${renderTable(results)}
<script type="application/json" id="charts">${scriptText(JSON.stringify(chartsOf(results, latencies)))}</script>
<script>${scriptText(chartLibrary())}</script>
<script>${scriptText(ownFile('draw-charts.js'))}</script>
</body>
</html>
`
}

function renderTable(results: readonly BenchResult[]): string {
  const rows = results.map(({ suite, case: name, subject, metric, values, ratioToNodeNet, ratioToBestPeer }) => {
    const figures = [values.median, values.min, values.max, ratioToNodeNet?.median, ratioToBestPeer?.median]
    const texts = figures.map((figure) => (figure === undefined ? '' : threeDigits(figure)))
    return [suite, name, subject, metric, ...texts, ratioToBestPeer?.peer ?? '']
  })
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  return `<table>\n${line(HEAD, 'th')}\n${rows.map((row) => line(row, 'td')).join('\n')}\n</table>`
}

/** The file of package chart.js that is made for a page's script element. */
function chartLibrary(): string {
  const entry = fileURLToPath(import.meta.resolve('chart.js'))
  return readFileSync(join(dirname(entry), 'chart.umd.min.js'), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')
}

function ownFile(name: string): string {
  return readFileSync(new URL(`../report/${name}`, import.meta.url), 'utf8')
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** What would end a script element early is written so that it does not; in JSON and in JavaScript it means the same. */
function scriptText(text: string): string {
  return text.replaceAll('</', '<\\/')
}
