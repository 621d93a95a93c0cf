import { expect, test } from 'vitest'
import { contestResults } from '../src/contest-results.ts'
import { renderContestTable } from '../src/contest-table.ts'

test('the table has a row for each case and subject; ours tell their best peer', () => {
  const one = { name: 'one', bytesPerOperation: 64, subjects: {} }
  const two = { name: 'two', subjects: {} }
  const contest = { name: 'c', ours: ['our'], cases: [one, two] }
  const table = renderContestTable(
    contestResults(contest, [
      { case: one, subject: 'our', rates: [20e6, 10e6, 30e6] },
      { case: one, subject: 'best', rates: [10e6, 10e6, 10e6] },
      { case: two, subject: 'our', rates: [1234.5] },
    ]),
  )
  const rows = table.split('\n').map((line) => line.trim().split(/ {2,}/))
  expect(rows[0]?.slice(0, 3)).toEqual(['case', 'subject', 'M ops/s'])
  expect(rows.slice(2)).toEqual([
    ['one', 'our', '20', '10…30', '50', '1.28', '2.00', '1.00…3.00', 'best'],
    ['best', '10', '10…10', '100', '0.64'],
    [''],
    ['two', 'our', '0.00123', '0.00123…0.00123', '810000'],
  ])
})
