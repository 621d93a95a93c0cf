import { expect, test } from 'vitest'
import type { BenchResult } from '../src/bench-result.ts'
import { htmlReport } from '../src/html-report.ts'
import { describeMachine } from '../src/machine.ts'

const result: BenchResult = {
  suite: 'echo',
  case: '64B-d1',
  subject: 'async-messenger',
  metric: 'msgs_per_s',
  values: { median: 1234.5, min: 1000, max: 2000 },
  roundCount: 5,
  ratioToNodeNet: { median: 0.5, min: 0.25, max: 0.75 },
  ratioToBestPeer: undefined,
}
const outcome = {
  results: [result, { ...result, subject: 'other</script>' }],
  leftOut: [{ suite: 'echo', subject: 'nats', reason: 'no <nats-server> & no "hope"' }],
  failures: ['echo: lost </script>'],
  latencies: [],
}
const page = htmlReport(describeMachine(['--html', '</script>']), outcome)

test('the report has the machine, every figure and what is missing', () => {
  expect(page).toContain(`Node.js ${process.version}`)
  expect(page).toContain('npm run bench -- --html &lt;/script>')
  expect(page).toContain('<td>echo</td><td>64B-d1</td><td>async-messenger</td><td>msgs_per_s</td><td>1230</td>')
  expect(page).toContain('echo: nats was left out: no &lt;nats-server> &amp; no &quot;hope&quot;')
  expect(page).toContain('failed: echo: lost &lt;/script>')
})

test('it needs no other file and no network', () => {
  const markup = page.replace(/<script>[^]*?<\/script>/g, '')
  expect(markup).not.toMatch(/\b(?:src|href)\s*=/)
  expect(page).not.toMatch(/@import|url\(/)
  expect(page).not.toContain('sourceMappingURL')
})

test('its charts can be read back, and nothing in them ends the script early', () => {
  const json = /<script type="application\/json" id="charts">([^]*?)<\/script>/.exec(page)?.[1] ?? ''
  const charts = JSON.parse(json) as { title: string; series: { name: string }[] }[]
  expect(charts.map(({ title }) => title)).toEqual([
    'Throughput by size',
    'Rate over that of node-net in the same round',
  ])
  expect(charts[0]?.series.map(({ name }) => name)).toEqual(['async-messenger', 'other</script>'])
  // The charts, the library and what draws them.
  expect(page.match(/<\/script>/g)).toHaveLength(3)
})
