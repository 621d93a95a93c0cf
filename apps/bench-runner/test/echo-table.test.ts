import { expect, test } from 'vitest'
import { echoResults } from '../src/echo-results.ts'
import type { EchoFigures } from '../src/echo-contestant.ts'
import { renderEchoTable } from '../src/echo-table.ts'

const round = (msgsPerSecond: number): EchoFigures => {
  return {
    msgsPerSecond,
    p50Micros: 10.04,
    p99Micros: 31.25,
    p999Micros: 40.5,
    latencies: '',
    clientCpuMicrosPerMsg: 2,
    serverCpuMicrosPerMsg: 3.26,
  }
}

function rows(text: string): string[][] {
  return text.split('\n').map((line) => line.trim().split(/ {2,}/))
}

test('the table has a row for each case and subject, with medians and ends', () => {
  const table = renderEchoTable(
    echoResults('echo', [
      { case: '64B-d1', subject: 'node-net', rounds: [round(100_000), round(300_000), round(200_000)] },
      { case: '64B-d1', subject: 'other', rounds: [round(50_000), round(75_000), round(151_234)] },
      { case: '4KiB-d1', subject: 'other', rounds: [round(42.25)] },
    ]),
  )
  const [head, line, ...body] = rows(table)
  expect(head?.slice(0, 3)).toEqual(['case', 'subject', 'k msgs/s'])
  expect(line?.join('')).toMatch(/^─+$/)
  expect(body).toEqual([
    ['64B-d1', 'node-net', '200', '100…300', '1.00', '1.00…1.00', '10.0', '31.3', '40.5', '2.0+3.3'],
    ['other', '75', '50…151', '0.50', '0.25…0.76', '10.0', '31.3', '40.5', '2.0+3.3'],
    [''],
    ['4KiB-d1', 'other', '0.0423', '0.0423…0.0423', '–', '–', '10.0', '31.3', '40.5', '2.0+3.3'],
  ])
})

test('the table is narrow enough for 132 columns and has no colours', () => {
  const figures = {
    ...round(123_456),
    p99Micros: 123456.7,
    p999Micros: 123456.7,
    clientCpuMicrosPerMsg: 1234.5,
    serverCpuMicrosPerMsg: 1234.5,
  }
  const table = renderEchoTable(
    echoResults('echo', [
      { case: '4KiB-d64', subject: 'node-net', rounds: [figures] },
      { case: '4KiB-d64', subject: 'async-messenger-select', rounds: [figures] },
    ]),
  )
  for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(132)
  expect(table).not.toContain('\u001b')
})
