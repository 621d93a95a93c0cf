import { describe, expect, test } from 'vitest'
import type { Answers } from '../src/asked.ts'
import type { Contest } from '../src/contest.ts'
import { contestAnswers, type ContestProtocol } from '../src/contest-answers.ts'
import { takeContestTurns, type ContestPlace } from '../src/contest-turns.ts'
import { contests } from '../src/contests.ts'
import { BenchError } from '../src/errors.ts'

const PLAN = { roundCount: 2, warmUpCpuMs: 1, measureCpuMs: 1 }

/** A contestant's place in this very process. */
function placeHere(all: readonly Contest[], stopped: string[] = [], name = ''): ContestPlace {
  const answers: Answers<ContestProtocol> = contestAnswers(all)
  return {
    ask: (kind, argument) => answers[kind](argument),
    stop: () => {
      stopped.push(name)
      return Promise.resolve()
    },
  }
}

function contestOf(subjects: Contest['cases'][number]['subjects']): Contest {
  return { name: 'test', ours: ['a'], cases: [{ name: 'case', subjects }] }
}

const adding = (to: number): { operate: () => number; prove: () => { sum: number } } => {
  let sum = 0
  return { operate: () => (sum += to), prove: () => ({ sum: to }) }
}

test('contestants take turns, and give operations per second', async () => {
  const contest = contestOf({ a: () => adding(1), b: () => Promise.resolve(adding(1)) })
  const turns: string[] = []
  const { series, unavailable } = await takeContestTurns(contest, contest.cases[0]!, PLAN, {
    open: () => placeHere([contest]),
    tell: (round, subject) => void turns.push(`${round} ${subject}`),
  })
  expect(turns).toEqual(['0 a', '0 b', '1 a', '1 b', '2 a', '2 b'])
  expect(series.map(({ subject, rates }) => [subject, rates.length])).toEqual([
    ['a', 2],
    ['b', 2],
  ])
  // An addition takes a nanosecond or a few hundred of them, even where nothing is compiled.
  for (const rate of series.flatMap(({ rates }) => rates)) expect(rate).toBeGreaterThan(1e5)
  expect(unavailable.size).toBe(0)
})

test('one that is not to be had is left out, with the reason', async () => {
  const missing = (): never => {
    throw new BenchError('ERR_BENCH_UNAVAILABLE', 'not installed')
  }
  const contest = contestOf({ a: () => adding(1), b: missing })
  const stopped: string[] = []
  const { series, unavailable } = await takeContestTurns(contest, contest.cases[0]!, PLAN, {
    open: (name) => placeHere([contest], stopped, name),
    tell: () => undefined,
  })
  expect(series.map(({ subject }) => subject)).toEqual(['a'])
  expect([...unavailable]).toEqual([['b', 'not installed']])
  expect(stopped).toEqual(['a', 'b'])
})

test('contestants that do not agree on what the work comes to give no figures', async () => {
  const contest = contestOf({ a: () => adding(1), b: () => adding(2) })
  const taking = takeContestTurns(contest, contest.cases[0]!, PLAN, {
    open: () => placeHere([contest]),
    tell: () => undefined,
  })
  await expect(taking).rejects.toThrow(
    expect.objectContaining({
      code: 'ERR_BENCH_REPLY',
      message: 'test case: sum: expected 1 as of a, got 2 from b',
    }) as Error,
  )
})

// Peers take part where they are installed: then this shows that they do the same work.
describe.each(contests)('the contest $name', (contest) => {
  test.each(contest.cases)('has contestants that agree: $name', async ({ name, subjects }) => {
    const proofs = new Map<string, Readonly<Record<string, string | number>>>()
    for (const subject of Object.keys(subjects)) {
      const place = contestAnswers(contests)
      const entered = await place.enter({ contest: contest.name, case: name, subject })
      if ('unavailable' in entered) continue
      expect(await place.measure({ cpuMs: 0 })).toBeGreaterThan(0)
      await place.leave(null)
      proofs.set(subject, entered.proof)
    }
    expect(contest.ours.some((subject) => proofs.has(subject))).toBe(true)
    const shown = [...proofs.values()].flatMap((proof) => Object.entries(proof))
    for (const [what, value] of shown) {
      const others = shown.filter(([other]) => other === what).map(([, of]) => of)
      expect(others).toEqual(others.map(() => value))
    }
  })
})
