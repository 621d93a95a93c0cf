import { expect, test } from 'vitest'
import { BenchError } from '../src/errors.ts'
import { takeTurns, type Contestant } from '../src/turns.ts'

const PLAN = { roundCount: 2, settleMs: 100, warmUpMs: 10, measureMs: 50 }

interface Trouble {
  readonly missing?: string
  /** The run that fails, counted from 1. */
  readonly failsAt?: number
  readonly error?: Error
  readonly failsToClose?: boolean
}

/** One who finds how long it was to work. */
function contestant(subject: string, log: string[], trouble: Trouble = {}): Contestant<number> {
  const broken = trouble.error ?? new BenchError('ERR_BENCH_REPLY', `${subject} lost reply 7`)
  let runCount = 0
  return {
    subject,
    open: () => {
      log.push(`${subject} open`)
      return Promise.resolve(trouble.missing === undefined ? undefined : { unavailable: trouble.missing })
    },
    run: (durationMs) => {
      log.push(`${subject} ${durationMs}`)
      return ++runCount === trouble.failsAt ? Promise.reject(broken) : Promise.resolve(durationMs)
    },
    close: () => {
      log.push(`${subject} close`)
      return trouble.failsToClose === true ? Promise.reject(broken) : Promise.resolve()
    },
  }
}

test('contestants take turns and stay open; what does not count comes first', async () => {
  const log: string[] = []
  const turns = await takeTurns('case', [contestant('a', log), contestant('b', log)], PLAN, (round, subject) => {
    log.push(`${round} ${subject}`)
  })
  expect(log).toEqual([
    ...['0 a', 'a open', 'a 100', '0 b', 'b open', 'b 100'],
    ...['1 a', 'a 10', 'a 50', '1 b', 'b 10', 'b 50', '2 a', 'a 10', 'a 50', '2 b', 'b 10', 'b 50'],
    ...['a close', 'b close'],
  ])
  expect(turns.series).toEqual([
    { case: 'case', subject: 'a', rounds: [50, 50] },
    { case: 'case', subject: 'b', rounds: [50, 50] },
  ])
})

test('turns may do without a beginning', async () => {
  const log: string[] = []
  await takeTurns('case', [contestant('a', log)], { ...PLAN, warmUpMs: 0 }, () => undefined)
  expect(log).toEqual(['a open', 'a 100', 'a 50', 'a 50', 'a close'])
})

test('one that this machine has not is asked once and left out, with the reason', async () => {
  const log: string[] = []
  const contestants = [contestant('a', log, { missing: 'no shim' }), contestant('b', log)]
  const { series, unavailable } = await takeTurns('case', contestants, { ...PLAN, roundCount: 1 }, () => undefined)
  expect(log).toEqual(['a open', 'b open', 'b 100', 'b 10', 'b 50', 'b close'])
  expect([...unavailable]).toEqual([['a', 'no shim']])
  expect(series.map(({ subject }) => subject)).toEqual(['b'])
})

test.each([
  ['when it settles', 1],
  ['in a beginning', 2],
  ['when it counts', 3],
])('one that fails %s is asked nothing more and gives no figures; the others go on', async (_, failsAt) => {
  const log: string[] = []
  const { series, failed } = await takeTurns(
    'case',
    [contestant('a', log, { failsAt }), contestant('b', log)],
    PLAN,
    () => undefined,
  )
  expect(log.filter((line) => line.startsWith('a'))).toHaveLength(1 + failsAt)
  expect(log.at(-1)).toBe('b close')
  expect([...failed]).toEqual([['a', 'a lost reply 7']])
  expect(series.map(({ subject, rounds }) => [subject, rounds.length])).toEqual([['b', 2]])
})

test('one that fails in the end gives no figures either', async () => {
  const contestants = [contestant('a', [], { failsToClose: true }), contestant('b', [])]
  const { series, failed } = await takeTurns('case', contestants, PLAN, () => undefined)
  expect([...failed.keys()]).toEqual(['a'])
  expect(series.map(({ subject }) => subject)).toEqual(['b'])
})

test('what is no matter of the subject ends it all', async () => {
  const log: string[] = []
  const trouble = { failsAt: 2, error: new TypeError('load.run is not a function') }
  const taking = takeTurns('case', [contestant('a', log, trouble), contestant('b', log)], PLAN, () => undefined)
  await expect(taking).rejects.toBe(trouble.error)
  expect(log.at(-1)).toBe('a 10')
})
