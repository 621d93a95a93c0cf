import { expect, test } from 'vitest'
import { BenchError } from '../src/errors.ts'
import { takeThreadsTurns, type ThreadsContestant } from '../src/threads-turns.ts'

const PLAN = { roundCount: 2, compileMs: 100, warmUpMs: 10, measureMs: 50 }

function contestant(
  subject: string,
  log: string[],
  trouble: { missing?: string; failsAt?: number } = {},
): ThreadsContestant {
  let runCount = 0
  return {
    subject,
    open: () => {
      log.push(`${subject} open`)
      return Promise.resolve(trouble.missing === undefined ? undefined : { unavailable: trouble.missing })
    },
    run: (durationMs) => {
      log.push(`${subject} ${durationMs}`)
      if (++runCount === trouble.failsAt) return Promise.reject(new BenchError('ERR_BENCH_PROCESS', `${subject} broke`))
      return Promise.resolve({ values: { durationMs } })
    },
    stop: () => {
      log.push(`${subject} stop`)
      return Promise.resolve()
    },
  }
}

test('contestants take turns and stay open; what does not count comes first', async () => {
  const log: string[] = []
  const contestants = () => [contestant('a', log), contestant('b', log)]
  const turns = await takeThreadsTurns({ name: 'case', reference: 'a', contestants }, PLAN, (round, subject) => {
    log.push(`${round} ${subject}`)
  })
  expect(log).toEqual([
    ...['0 a', 'a open', 'a 100', '0 b', 'b open', 'b 100'],
    ...['1 a', 'a 10', 'a 50', '1 b', 'b 10', 'b 50', '2 a', 'a 10', 'a 50', '2 b', 'b 10', 'b 50'],
    ...['a stop', 'b stop'],
  ])
  const rounds = [{ values: { durationMs: 50 } }, { values: { durationMs: 50 } }]
  expect(turns.series).toEqual([
    { case: 'case', subject: 'a', reference: 'a', rounds },
    { case: 'case', subject: 'b', reference: 'a', rounds },
  ])
})

test('who is missing or breaks down gives no figures, and all are stopped', async () => {
  const log: string[] = []
  const troubles = [
    contestant('a', log, { missing: 'gone' }),
    contestant('b', log, { failsAt: 3 }),
    contestant('c', log),
  ]
  const threadsCase = { name: 'case', reference: undefined, contestants: () => troubles }
  const turns = await takeThreadsTurns(threadsCase, PLAN, () => undefined)
  expect([...turns.unavailable]).toEqual([['a', 'gone']])
  expect([...turns.failed]).toEqual([['b', 'b broke']])
  expect(turns.series.map(({ subject }) => subject)).toEqual(['c'])
  expect(log.filter((line) => line.startsWith('a'))).toEqual(['a open', 'a stop'])
  expect(log.slice(-3)).toEqual(['a stop', 'b stop', 'c stop'])
})
