import { expect, test } from 'vitest'
import type { Contest, ContestCase } from '../src/contest.ts'
import { contestResults } from '../src/contest-results.ts'

const bare: ContestCase = { name: 'bare', subjects: {} }
const sized: ContestCase = { name: 'sized', bytesPerOperation: 4000, subjects: {} }
const contest: Contest = { name: 'c', ours: ['our', 'too'], lesser: ['cheat'], cases: [bare, sized] }

test('ours are compared with the best of the others in the same round, and with no lesser one', () => {
  const results = contestResults(contest, [
    { case: bare, subject: 'our', rates: [100, 200, 300] },
    { case: bare, subject: 'slow', rates: [1, 1, 1] },
    { case: bare, subject: 'best', rates: [50, 50, 100] },
    { case: bare, subject: 'cheat', rates: [9000, 9000, 9000] },
    { case: sized, subject: 'best', rates: [1e9, 1e9, 1e9] },
  ])
  const of = (name: string, subject: string): (typeof results)[number][] =>
    results.filter((result) => result.case === name && result.subject === subject)
  const common = { suite: 'c', case: 'bare', metric: 'ops_per_s', roundCount: 3, ratioToNodeNet: undefined }
  expect(of('bare', 'our')).toEqual([
    {
      ...common,
      subject: 'our',
      values: { median: 200, min: 100, max: 300 },
      ratioToBestPeer: { peer: 'best', median: 3, min: 2, max: 4 },
    },
  ])
  const noPeers = ['slow', 'best', 'cheat'].flatMap((subject) => of('bare', subject))
  expect(noPeers.map(({ ratioToBestPeer }) => ratioToBestPeer)).toEqual([undefined, undefined, undefined])
})

test('without a peer there is no ratio; where bytes are known there are gigabytes a second', () => {
  const results = contestResults(contest, [{ case: sized, subject: 'too', rates: [1e6] }])
  expect(results.map(({ metric, values, ratioToBestPeer }) => [metric, values.median, ratioToBestPeer])).toEqual([
    ['ops_per_s', 1e6, undefined],
    ['gb_per_s', 4, undefined],
  ])
})
